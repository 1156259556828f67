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
    internal static readonly SettingDefinition ReadyTaps = new("readyTaps", "How many tap devices are kept ready for the next VMs, 0 to 64 (4).");
    internal static readonly SettingDefinition LogLevel = new("logLevel", "trace, debug, information, warning or error (information).");

    internal static readonly IReadOnlyList<SettingDefinition> All =
    [
        StateDir, RuntimeDir, LogDir, CacheDir, ApiBase, ApiAllowCidr, ApiHosts, ApiKey, Hypervisor, Qemu, CloudHypervisor,
        Kernel, Initramfs, HostIp, Subnet, Bridge, Netns, Dns, ReadyTaps, LogLevel,
    ];
}
