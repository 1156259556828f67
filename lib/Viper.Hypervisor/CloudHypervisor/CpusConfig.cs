namespace Viper.Hypervisor;

/// <summary>Virtual CPUs.</summary>
/// <param name="BootVcpus">How many the guest starts with, at least 1.</param>
/// <param name="MaxVcpus">How many it can be given, at least <paramref name="BootVcpus"/>.</param>
public sealed record CpusConfig(int BootVcpus, int MaxVcpus);
