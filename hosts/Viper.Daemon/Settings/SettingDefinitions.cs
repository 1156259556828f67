namespace Viper.Daemon.Settings;

/// <summary>Every setting of the daemon.</summary>
internal static class SettingDefinitions
{
    internal static readonly SettingDefinition StateDir = new("stateDir", "Where state.db, images and volumes are kept.");
    internal static readonly SettingDefinition RuntimeDir = new("runtimeDir", "Where sockets are made; a short path.");
    internal static readonly SettingDefinition LogDir = new("logDir", "Where logs are kept.");
    internal static readonly SettingDefinition CacheDir = new("cacheDir", "Where image builds keep what they downloaded.");
    internal static readonly SettingDefinition ApiBase = new("apiBase", "The one address to listen on, unix:PATH or http://ADDRESS:PORT, in place of both defaults.");
    internal static readonly SettingDefinition ApiAllowCidr = new("apiAllowCidr", "The networks that TCP callers may come from, comma-separated.");
    internal static readonly SettingDefinition ApiHosts = new("apiHosts", "Further names by which callers may address the daemon, comma-separated.");
    internal static readonly SettingDefinition ApiKey = new("apiKey", "The key that callers must show.", IsSecret: true);
    internal static readonly SettingDefinition Hypervisor = new("hypervisor", "Which VMM: auto, qemu or cloud-hypervisor.");
    internal static readonly SettingDefinition Qemu = new("qemu", "The QEMU program.");
    internal static readonly SettingDefinition CloudHypervisor = new("cloudHypervisor", "The Cloud Hypervisor program.");
    internal static readonly SettingDefinition Kernel = new("kernel", "A kernel to boot in place of the image's.");
    internal static readonly SettingDefinition Initramfs = new("initramfs", "An initramfs to boot in place of the image's.");
    internal static readonly SettingDefinition HostIp = new("hostIp", "The host's address on the bridge (192.168.127.1).");
    internal static readonly SettingDefinition Subnet = new("subnet", "The network that guests' addresses are leased from.");
    internal static readonly SettingDefinition Bridge = new("bridge", "The bridge that VMs are joined to (viperbr0).");
    internal static readonly SettingDefinition Netns = new("netns", "The network namespace to live in.");
    internal static readonly SettingDefinition Dns = new("dns", "The name servers that answer guests through the host, at most two addresses, comma-separated (those of the host).");
    internal static readonly SettingDefinition ReadyTaps = new("readyTaps", "How many tap devices are kept ready for the next VMs, 0 to 64 (4).", IsNumber: true);
    internal static readonly SettingDefinition MaxVms = new("maxVms", "The most VMs that are up; 0 for no limit but the addresses (0).", IsNumber: true);
    internal static readonly SettingDefinition MaxVmsPerOwner = new("maxVmsPerOwner", "The most VMs that are up of one owner, which is the value of the label 'owner'; 0 for no limit (0).", IsNumber: true);
    internal static readonly SettingDefinition CpuOvercommit = new("cpuOvercommit", "vCPUs for each processor of the host; 0 for no limit (0).", IsNumber: true);
    internal static readonly SettingDefinition MemoryOvercommit = new("memoryOvercommit", "Memory promised to VMs for each MiB of the host's; 0 for no limit (0).", IsNumber: true);
    internal static readonly SettingDefinition DiskOvercommit = new("diskOvercommit", "Disk that VMs are reckoned at for each MiB that there is; 0 for no limit (0).", IsNumber: true);
    internal static readonly SettingDefinition MinFreeMemoryMb = new("minFreeMemoryMb", "MiB of memory that the host must have left for another VM; 0 not to look (128).", IsNumber: true);
    internal static readonly SettingDefinition MinFreeDiskMb = new("minFreeDiskMb", "MiB of disk that must be left for another VM; 0 not to look (128).", IsNumber: true);
    internal static readonly SettingDefinition ConfineVmms = new("confineVmms", "Whether control groups hold each VMM to what its VM was promised, on or off (on).");
    internal static readonly SettingDefinition VmmMemoryMb = new("vmmMemoryMb", "MiB that a VMM may use beyond its guest's memory (256, and 1,024 more under emulation).", IsNumber: true);
    internal static readonly SettingDefinition VmDiskMbPerSecond = new("vmDiskMbPerSecond", "MiB a second that a VM may read from the disk of its image, and write; 0 for no limit (0).", IsNumber: true);
    internal static readonly SettingDefinition VmDiskIops = new("vmDiskIops", "Reads a second that a VM may make of the disk of its image, and writes; 0 for no limit (0).", IsNumber: true);
    internal static readonly SettingDefinition QueueLength = new("queueLength", "The most requests that wait for a place; 0 for no queue (100).", IsNumber: true);
    internal static readonly SettingDefinition QueueTimeoutSeconds = new("queueTimeoutSeconds", "The longest that a request waits for a place, whatever it asks (300).", IsNumber: true);
    internal static readonly SettingDefinition StopGraceSeconds = new("stopGraceSeconds", "How long a guest may take to shut down (15).", IsNumber: true);
    internal static readonly SettingDefinition EndWarningSeconds = new("endWarningSeconds", "How long before its end by a timer an event warns of it (60).", IsNumber: true);
    internal static readonly SettingDefinition HealthIntervalSeconds = new("healthIntervalSeconds", "How often the agents of VMs are asked how they are; 0 for never (30).", IsNumber: true);
    internal static readonly SettingDefinition HealthFailures = new("healthFailures", "How many times in a row an agent may not answer before its VM is unhealthy (3).", IsNumber: true);
    internal static readonly SettingDefinition LogLevel = new("logLevel", "trace, debug, information, warning or error (information).");

    internal static readonly IReadOnlyList<SettingDefinition> All =
    [
        StateDir, RuntimeDir, LogDir, CacheDir, ApiBase, ApiAllowCidr, ApiHosts, ApiKey, Hypervisor, Qemu, CloudHypervisor,
        Kernel, Initramfs, HostIp, Subnet, Bridge, Netns, Dns, ReadyTaps, MaxVms, MaxVmsPerOwner,
        CpuOvercommit, MemoryOvercommit, DiskOvercommit, MinFreeMemoryMb, MinFreeDiskMb, ConfineVmms, VmmMemoryMb,
        VmDiskMbPerSecond, VmDiskIops, QueueLength, QueueTimeoutSeconds,
        StopGraceSeconds, EndWarningSeconds, HealthIntervalSeconds, HealthFailures, LogLevel,
    ];
}
