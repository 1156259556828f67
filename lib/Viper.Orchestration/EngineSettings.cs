using System.Net;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Network;

namespace Viper.Orchestration;

/// <summary>Where the engine keeps things and how it runs VMs.</summary>
public sealed record EngineSettings
{
    /// <summary>The state directory: <c>state.db</c>, images, volumes.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The directory of sockets; short, for a socket's path has at most 107 bytes.</summary>
    public required string RuntimeDirectory { get; init; }

    /// <summary>The directory of logs.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>Which VMM: <c>auto</c>, <c>qemu</c> or <c>cloud-hypervisor</c>.</summary>
    public string Hypervisor { get; init; } = "auto";

    /// <summary>The QEMU program; null to look on PATH.</summary>
    public string? QemuPath { get; init; }

    /// <summary>The Cloud Hypervisor program; null to look on PATH.</summary>
    public string? CloudHypervisorPath { get; init; }

    /// <summary>A kernel to boot in place of the image's; null for the image's.</summary>
    public string? KernelPath { get; init; }

    /// <summary>An initramfs to boot in place of the image's; null for the image's.</summary>
    public string? InitramfsPath { get; init; }

    /// <summary>The bridge that VMs are joined to.</summary>
    public string Bridge { get; init; } = "viperbr0";

    /// <summary>The host's address on the bridge: the guests' gateway.</summary>
    public IPAddress HostAddress { get; init; } = IPAddress.Parse("192.168.127.1");

    /// <summary>The network from which guests' addresses are leased.</summary>
    public IPNetwork Subnet { get; init; } = IPNetwork.Parse("192.168.127.0/24");

    /// <summary>How long an address rests between two VMs; zero for not at all.</summary>
    public TimeSpan AddressQuarantine { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The name servers that answer guests' questions, through the host; empty for those of the host.</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];

    /// <summary>How many tap devices are kept ready for the next VMs, 0 to 64.</summary>
    public int ReadyTaps { get; init; } = 4;

    /// <summary>How long a VM may take from lease to ready.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a booting guest may be silent before its VMM is started anew, once: kernels are known to hang early under emulation.</summary>
    public TimeSpan BootSilence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a guest may take to shut down before its VMM is ended.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long before its end by a timer a VM's event warns; half of the timer's time where that is less.</summary>
    public TimeSpan EndWarning { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the agent of a running VM is asked whether it is well; zero for never.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many times in a row an agent may not answer before its VM is called unhealthy; at least 1.</summary>
    public int HealthFailures { get; init; } = 3;

    /// <summary>How long the restart policy waits before its first attempt; twice as long before each further one.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts of the restart policy.</summary>
    public TimeSpan RestartBackoffMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a VM must have been ready for the restart policy to count its attempts anew.</summary>
    public TimeSpan RestartSteady { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How much of the host its VMs may have.</summary>
    public EngineLimits Limits { get; init; } = new();

    /// <summary>How often processes, taps and folders that no VM has are looked for; zero for never.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The part that is about the host's network.</summary>
    public HostNetworkSettings ToHostNetwork() => new()
    {
        BridgeName = Bridge,
        Address = HostAddress,
        Subnet = Subnet,
        DnsServers = DnsServers,
        TapPrefix = VmActor.TapPrefix,
        ReadyTaps = ReadyTaps,
    };
}
