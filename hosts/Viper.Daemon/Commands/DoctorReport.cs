namespace Viper.Daemon.Commands;

/// <summary>What <c>doctor --json</c> prints.</summary>
/// <param name="Ok">Whether every check is.</param>
/// <param name="Checks">The checks, in order.</param>
internal sealed record DoctorReport(bool Ok, IReadOnlyList<DoctorCheck> Checks);
