namespace Viper.Hypervisor;

/// <summary>The configuration of a machine in Cloud Hypervisor, as far as this library uses it.</summary>
public sealed record VmConfig
{
    /// <summary>The virtual CPUs.</summary>
    public CpusConfig? Cpus { get; init; }

    /// <summary>The memory.</summary>
    public MemoryConfig? Memory { get; init; }

    /// <summary>What is booted.</summary>
    public PayloadConfig? Payload { get; init; }

    /// <summary>The disks.</summary>
    public IReadOnlyList<DiskConfig>? Disks { get; init; }

    /// <summary>The network cards.</summary>
    public IReadOnlyList<NetConfig>? Net { get; init; }

    /// <summary>The source of random numbers.</summary>
    public RngConfig? Rng { get; init; }

    /// <summary>The serial port.</summary>
    public ConsoleConfig? Serial { get; init; }

    /// <summary>The virtio console.</summary>
    public ConsoleConfig? Console { get; init; }
}
