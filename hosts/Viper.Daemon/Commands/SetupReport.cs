namespace Viper.Daemon.Commands;

/// <summary>What <c>setup --json</c> prints.</summary>
/// <param name="DryRun">Whether nothing was changed.</param>
/// <param name="Steps">The steps, in order.</param>
internal sealed record SetupReport(bool DryRun, IReadOnlyList<SetupStep> Steps);
