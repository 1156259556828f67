namespace Viper.Hypervisor;

/// <summary>Virtual CPUs.</summary>
/// <param name="BootVcpus">How many the guest starts with, at least 1.</param>
/// <param name="MaxVcpus">How many it can be given, at least <paramref name="BootVcpus"/>.</param>
public sealed record CpusConfig(int BootVcpus, int MaxVcpus)
{
    /// <summary>Their arrangement; flat when null.</summary>
    public CpuTopology? Topology { get; init; }

    /// <summary>Whether KVM shows Hyper-V's interface, for Windows guests; off unless set.</summary>
    public bool? KvmHyperv { get; init; }

    /// <summary>The most bits of a guest-physical address; the host's when null.</summary>
    public int? MaxPhysBits { get; init; }

    /// <summary>Whether the guest may run guests itself; on unless set.</summary>
    public bool? Nested { get; init; }

    /// <summary>Where the virtual CPUs may run; anywhere when null.</summary>
    public IReadOnlyList<CpuAffinity>? Affinity { get; init; }

    /// <summary>Features on request.</summary>
    public CpuFeatures? Features { get; init; }

    /// <summary>Who may share a core with a virtual CPU; <see cref="CoreSchedulingMode.Vm"/> unless set.</summary>
    public CoreSchedulingMode? CoreScheduling { get; init; }

    /// <summary>The CPU model that the guest sees, such as <c>Host</c>. Not in the program's description; v53 answers it.</summary>
    public string? Profile { get; init; }
}
