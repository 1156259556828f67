namespace Viper.Daemon.Commands;

/// <summary>What <c>net show --json</c> prints.</summary>
/// <param name="Vms">The VMs on the bridge, by address.</param>
internal sealed record NetReport(IReadOnlyList<NetGuest> Vms);
