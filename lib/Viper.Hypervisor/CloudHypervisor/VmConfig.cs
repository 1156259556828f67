using System.Text.Json.Serialization;

namespace Viper.Hypervisor;

/// <summary>The whole configuration of a machine in Cloud Hypervisor; null leaves the choice to the VMM.</summary>
/// <remarks>The VMM checks it at <c>vm.boot</c>, not at <c>vm.create</c>.</remarks>
public sealed record VmConfig
{
    /// <summary>The virtual CPUs; one when null.</summary>
    public CpusConfig? Cpus { get; init; }

    /// <summary>The memory; 512 MiB when null.</summary>
    public MemoryConfig? Memory { get; init; }

    /// <summary>What is booted. The program takes a configuration without it and refuses the boot.</summary>
    public PayloadConfig? Payload { get; init; }

    /// <summary>Limits that several disks share.</summary>
    public IReadOnlyList<RateLimitGroupConfig>? RateLimitGroups { get; init; }

    /// <summary>The disks.</summary>
    public IReadOnlyList<DiskConfig>? Disks { get; init; }

    /// <summary>The network cards.</summary>
    public IReadOnlyList<NetConfig>? Net { get; init; }

    /// <summary>The source of random numbers; <c>/dev/urandom</c> when null.</summary>
    public RngConfig? Rng { get; init; }

    /// <summary>The balloon that takes memory back from the guest; none when null.</summary>
    public BalloonConfig? Balloon { get; init; }

    /// <summary>Shared folders by virtio-fs. They need <see cref="MemoryConfig.Shared"/>.</summary>
    public IReadOnlyList<FsConfig>? Fs { get; init; }

    /// <summary>Devices served by other processes over vhost-user.</summary>
    [JsonPropertyName("generic-vhost-user")]
    public IReadOnlyList<GenericVhostUserConfig>? GenericVhostUser { get; init; }

    /// <summary>Persistent memory devices.</summary>
    public IReadOnlyList<PmemConfig>? Pmem { get; init; }

    /// <summary>The serial port; <see cref="ConsoleMode.Null"/> when null.</summary>
    public SerialConfig? Serial { get; init; }

    /// <summary>The virtio console; the VMM's terminal when null.</summary>
    public ConsoleConfig? Console { get; init; }

    /// <summary>The debug port; off when null.</summary>
    public DebugConsoleConfig? DebugConsole { get; init; }

    /// <summary>Devices of the host, handed over by VFIO.</summary>
    public IReadOnlyList<DeviceConfig>? Devices { get; init; }

    /// <summary>Devices served by other processes over vfio-user.</summary>
    public IReadOnlyList<UserDeviceConfig>? UserDevices { get; init; }

    /// <summary>vDPA devices.</summary>
    public IReadOnlyList<VdpaConfig>? Vdpa { get; init; }

    /// <summary>The channel between guest and host; at most one.</summary>
    public VsockConfig? Vsock { get; init; }

    /// <summary>The NUMA nodes of the guest.</summary>
    public IReadOnlyList<NumaConfig>? Numa { get; init; }

    /// <summary>Whether the guest has a virtual IOMMU for all its devices; off unless set.</summary>
    public bool? Iommu { get; init; }

    /// <summary>Whether the guest has a virtio watchdog; off unless set.</summary>
    public bool? Watchdog { get; init; }

    /// <summary>The virtio clock; none when null.</summary>
    public RtcConfig? Rtc { get; init; }

    /// <summary>Whether the guest can report a panic; off unless set.</summary>
    public bool? Pvpanic { get; init; }

    /// <summary>How the address space is divided among PCI segments.</summary>
    public IReadOnlyList<PciSegmentConfig>? PciSegments { get; init; }

    /// <summary>Platform, firmware tables and confidential computing.</summary>
    public PlatformConfig? Platform { get; init; }

    /// <summary>The TPM; none when null.</summary>
    public TpmConfig? Tpm { get; init; }

    /// <summary>Whether the VMM confines its own file access with Landlock; off unless set.</summary>
    public bool? LandlockEnable { get; init; }

    /// <summary>What the VMM may still open under Landlock beside the files of this configuration.</summary>
    public IReadOnlyList<LandlockConfig>? LandlockRules { get; init; }
}
