using System.Net;
using Microsoft.Extensions.Logging;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Settings;

/// <summary>Makes <see cref="DaemonSettings"/> of texts, or says which text is wrong.</summary>
internal static class SettingsLoader
{
    /// <summary>Reads the settings of this process: <paramref name="flags"/> by name, its environment, the settings file.</summary>
    internal static DaemonSettings Load(IReadOnlyDictionary<string, string> flags, string? configPath) =>
        Load(new SettingsSource(flags, Environment.GetEnvironmentVariable, SettingsFile.Read(configPath)), Places.IsWritable);

    internal static DaemonSettings Load(SettingsSource source, Func<string, bool> isWritable)
    {
        string state = Places.State(source, isWritable);
        string runtime = Places.Runtime(source, state, isWritable);
        DaemonSettings settings = new()
        {
            Engine = Engine(source, isWritable, state, runtime),
            CacheDirectory = Places.Cache(source, isWritable),
            Listen = source.Find(SettingDefinitions.ApiBase) is { } api
                ? [ApiAddress.Parse(api)]
                : [ApiAddress.Unix(Path.Combine(runtime, "viper.sock")), ApiAddress.Loopback(ApiAddress.DefaultPort)],
            ApiKey = Key(source),
            AllowCidr = SettingTexts.Networks(source.Find(SettingDefinitions.ApiAllowCidr)),
            ApiHosts = SettingTexts.Items(source.Find(SettingDefinitions.ApiHosts)),
            NetworkNamespace = SettingTexts.Name(source.Find(SettingDefinitions.Netns), "the name of a network namespace", 255),
            LogLevel = Level(source.Find(SettingDefinitions.LogLevel)),
        };

        if (settings.ApiKey is null && settings.Listen.FirstOrDefault(a => !a.IsLoopback) is { } open)
        {
            throw new SettingsException(
                $"{source.Find(SettingDefinitions.ApiBase)!.Source}: {open} can be reached from other machines, so a key is needed: set VIPER_API_KEY or apiKey in the settings file.");
        }

        return settings;
    }

    private static EngineSettings Engine(SettingsSource source, Func<string, bool> isWritable, string state, string runtime)
    {
        EngineSettings defaults = new() { StateDirectory = state, RuntimeDirectory = runtime, LogDirectory = Places.Log(source, state, isWritable) };
        EngineSettings engine = defaults with
        {
            Hypervisor = Vmm(source.Find(SettingDefinitions.Hypervisor)) ?? defaults.Hypervisor,
            QemuPath = SettingTexts.File(source.Find(SettingDefinitions.Qemu)),
            CloudHypervisorPath = SettingTexts.File(source.Find(SettingDefinitions.CloudHypervisor)),
            KernelPath = SettingTexts.File(source.Find(SettingDefinitions.Kernel)),
            InitramfsPath = SettingTexts.File(source.Find(SettingDefinitions.Initramfs)),
            Bridge = SettingTexts.Name(source.Find(SettingDefinitions.Bridge), "a network interface's name of at most 15 characters", 15) ?? defaults.Bridge,
            DnsServers = SettingTexts.Resolvers(source.Find(SettingDefinitions.Dns)),
            ReadyTaps = SettingTexts.Number(source.Find(SettingDefinitions.ReadyTaps), 0, 64) ?? defaults.ReadyTaps,
            StopGrace = SettingTexts.Seconds(source.Find(SettingDefinitions.StopGraceSeconds), 0, 3600) ?? defaults.StopGrace,
            EndWarning = SettingTexts.Seconds(source.Find(SettingDefinitions.EndWarningSeconds), 0, 86_400) ?? defaults.EndWarning,
            HealthInterval = SettingTexts.Seconds(source.Find(SettingDefinitions.HealthIntervalSeconds), 0, 86_400) ?? defaults.HealthInterval,
            HealthFailures = SettingTexts.Number(source.Find(SettingDefinitions.HealthFailures), 1, 1000) ?? defaults.HealthFailures,
            Limits = Limits(source, defaults.Limits),
        };

        return WithNetwork(engine, source.Find(SettingDefinitions.HostIp), source.Find(SettingDefinitions.Subnet));
    }

    private static EngineLimits Limits(SettingsSource source, EngineLimits defaults) => defaults with
    {
        MaxVms = SettingTexts.Number(source.Find(SettingDefinitions.MaxVms), 0, 1_000_000) ?? defaults.MaxVms,
        MaxVmsPerOwner = SettingTexts.Number(source.Find(SettingDefinitions.MaxVmsPerOwner), 0, 1_000_000) ?? defaults.MaxVmsPerOwner,
        CpuOvercommit = SettingTexts.Ratio(source.Find(SettingDefinitions.CpuOvercommit)) ?? defaults.CpuOvercommit,
        MemoryOvercommit = SettingTexts.Ratio(source.Find(SettingDefinitions.MemoryOvercommit)) ?? defaults.MemoryOvercommit,
        DiskOvercommit = SettingTexts.Ratio(source.Find(SettingDefinitions.DiskOvercommit)) ?? defaults.DiskOvercommit,
        MinFreeMemoryMb = SettingTexts.Number(source.Find(SettingDefinitions.MinFreeMemoryMb), 0, int.MaxValue) ?? defaults.MinFreeMemoryMb,
        MinFreeDiskMb = SettingTexts.Number(source.Find(SettingDefinitions.MinFreeDiskMb), 0, int.MaxValue) ?? defaults.MinFreeDiskMb,
        ConfineVmms = SettingTexts.Switch(source.Find(SettingDefinitions.ConfineVmms)) ?? defaults.ConfineVmms,
        VmmMemoryMb = SettingTexts.Number(source.Find(SettingDefinitions.VmmMemoryMb), 32, 1_048_576) ?? defaults.VmmMemoryMb,
        VmDiskMbPerSecond = SettingTexts.Number(source.Find(SettingDefinitions.VmDiskMbPerSecond), 0, 1_048_576) ?? defaults.VmDiskMbPerSecond,
        VmDiskIops = SettingTexts.Number(source.Find(SettingDefinitions.VmDiskIops), 0, int.MaxValue) ?? defaults.VmDiskIops,
        QueueLength = SettingTexts.Number(source.Find(SettingDefinitions.QueueLength), 0, 100_000) ?? defaults.QueueLength,
        QueueTimeout = SettingTexts.Seconds(source.Find(SettingDefinitions.QueueTimeoutSeconds), 0, VmLimits.MaxQueueWaitSeconds) ?? defaults.QueueTimeout,
    };

    // Either alone is enough: the /24 around the address, or the first address of the network.
    private static EngineSettings WithNetwork(EngineSettings defaults, SettingValue? hostIp, SettingValue? subnet)
    {
        IPAddress? host = SettingTexts.Address(hostIp);
        IPNetwork? network = SettingTexts.Subnet(subnet);
        EngineSettings engine = defaults with
        {
            HostAddress = host ?? (network is { } given ? WithLastByte(given.BaseAddress, 1) : defaults.HostAddress),
            Subnet = network ?? (host is null ? defaults.Subnet : new IPNetwork(WithLastByte(host, 0), 24)),
        };
        return engine.Subnet.Contains(engine.HostAddress)
            ? engine
            : throw new SettingsException($"{subnet?.Source ?? hostIp!.Source}: the network {engine.Subnet} does not hold the host's address {engine.HostAddress}.");
    }

    private static IPAddress WithLastByte(IPAddress address, int offset)
    {
        byte[] bytes = address.GetAddressBytes();
        bytes[3] = (byte)(offset == 0 ? 0 : bytes[3] + offset);
        return new IPAddress(bytes);
    }

    private static string? Vmm(SettingValue? value) =>
        value is null || value.Text is "auto" or "qemu" or "cloud-hypervisor" ? value?.Text : throw value.NotA("auto, qemu or cloud-hypervisor");

    private static LogLevel Level(SettingValue? value) => value?.Text.ToLowerInvariant() switch
    {
        null or "information" or "info" => LogLevel.Information,
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warning" or "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => throw value.NotA("trace, debug, information, warning or error"),
    };

    // Never quoted in a message.
    private static string? Key(SettingsSource source)
    {
        SettingValue? value = source.Find(SettingDefinitions.ApiKey);
        return value is null || (value.Text.Length > 0 && value.Text.All(c => c is > ' ' and <= '~'))
            ? value?.Text
            : throw new SettingsException($"{value.Source}: a key is one or more printable ASCII characters without spaces; unset it to ask for none.");
    }
}
