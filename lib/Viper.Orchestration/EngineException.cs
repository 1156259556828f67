using Viper.Contracts;

namespace Viper.Orchestration;

/// <summary>A command that the engine refused or could not carry out.</summary>
public sealed class EngineException : Exception
{
    internal EngineException(Problem problem, Exception? cause = null)
        : base(problem.Detail, cause)
    {
        Problem = problem;
    }

    /// <summary>What a caller is told.</summary>
    public Problem Problem { get; }

    /// <summary>One of <see cref="ProblemCodes"/>.</summary>
    public string Code => Problem.Code;
}
