using Viper.Contracts;

namespace Viper.Cli;

/// <summary>The program refuses what the daemon would refuse, in the daemon's form.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    internal Problem Problem { get; } = problem;
}
