namespace Viper.Hypervisor;

/// <summary>The host CPUs that one virtual CPU may run on.</summary>
public sealed record CpuAffinity
{
    /// <summary>The virtual CPU, from 0.</summary>
    public required int Vcpu { get; init; }

    /// <summary>The host's CPUs, from 0.</summary>
    public required IReadOnlyList<int> HostCpus { get; init; }
}
