using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>A request that ends with a problem of the daemon's own finding.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    internal Problem Problem { get; } = problem;

    /// <summary>The complaint about one parameter of the query or one header.</summary>
    internal static ProblemException Parameter(string name, string expected)
    {
        ProblemError error = new(name, "format", expected);
        return new ProblemException(Problem.Create(400, ProblemCodes.ValidationFailed, $"{name}: {expected}") with { Errors = [error] });
    }
}
