using Viper.Contracts;

namespace Viper.Client;

/// <summary>The daemon answered that it could not or would not; the client stays usable.</summary>
public sealed class ViperApiException : ViperClientException
{
    internal ViperApiException(Problem problem)
        : base(problem.Detail, null)
    {
        Problem = problem;
    }

    /// <summary>What the daemon said.</summary>
    public Problem Problem { get; }

    /// <summary>One of <see cref="ProblemCodes"/>.</summary>
    public string Code => Problem.Code;

    /// <inheritdoc/>
    public override bool IsTransient => Problem.Retryable;
}
