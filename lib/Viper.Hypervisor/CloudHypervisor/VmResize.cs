namespace Viper.Hypervisor;

/// <summary>A wish for other sizes; what is null stays as it is.</summary>
/// <remarks>A change of CPUs while a removal is pending is refused with status 429.</remarks>
public sealed record VmResize
{
    /// <summary>How many virtual CPUs, 1 to <see cref="CpusConfig.MaxVcpus"/>.</summary>
    public int? DesiredVcpus { get; init; }

    /// <summary>The memory in bytes, what the guest booted with included; steps of 128 MiB with ACPI.</summary>
    public long? DesiredRam { get; init; }

    /// <summary>The size of the balloon in bytes, at most the memory.</summary>
    public long? DesiredBalloon { get; init; }
}
