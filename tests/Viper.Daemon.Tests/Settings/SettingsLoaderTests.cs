using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Viper.Daemon.Settings;

namespace Viper.Daemon.Tests.Settings;

public sealed class SettingsLoaderTests
{
    [Fact]
    public void Load_NothingGiven_TakesTheSystemsPlacesAndBothListeners()
    {
        DaemonSettings settings = Load();

        Assert.Equal(("/var/lib/viper", "/run/viper", "/var/log/viper", "/var/cache/viper"),
            (settings.Engine.StateDirectory, settings.Engine.RuntimeDirectory, settings.Engine.LogDirectory, settings.CacheDirectory));
        Assert.Equal(["unix:/run/viper/viper.sock", "http://127.0.0.1:7777"], settings.Listen.Select(l => l.ToString()));
        Assert.Equal(("auto", "viperbr0", "192.168.127.1", "192.168.127.0/24"),
            (settings.Engine.Hypervisor, settings.Engine.Bridge, settings.Engine.HostAddress.ToString(), settings.Engine.Subnet.ToString()));
    }

    [Fact]
    public void Load_SystemIsNotWritable_TakesTheUsersPlaces()
    {
        DaemonSettings settings = Load(environment: new() { ["HOME"] = "/home/u", ["XDG_RUNTIME_DIR"] = "/run/user/1", ["XDG_CACHE_HOME"] = "/home/u/c" }, isWritable: false);

        Assert.Equal(("/home/u/.viper", "/run/user/1/viper", "/home/u/.viper/logs", "/home/u/c/viper"),
            (settings.Engine.StateDirectory, settings.Engine.RuntimeDirectory, settings.Engine.LogDirectory, settings.CacheDirectory));
    }

    [Fact]
    public void Load_NoXdgFolders_FallsBackBelowStateAndHome()
    {
        DaemonSettings settings = Load(environment: new() { ["HOME"] = "/home/u", ["VIPER_STATE_DIR"] = "/s" }, isWritable: false);

        Assert.Equal(("/s", "/s/run", "/s/logs", "/home/u/.cache/viper"),
            (settings.Engine.StateDirectory, settings.Engine.RuntimeDirectory, settings.Engine.LogDirectory, settings.CacheDirectory));
    }

    [Fact]
    public void Load_FlagEnvironmentAndFile_WinInThatOrder()
    {
        const string File = """{"bridge":"file0","stateDir":"/file","runtimeDir":"/file/run"}""";

        DaemonSettings settings = Load(new() { ["bridge"] = "flag0" }, new() { ["VIPER_BRIDGE"] = "env0", ["VIPER_STATE_DIR"] = "/env", ["VIPER_RUNTIME_DIR"] = "" }, File);

        Assert.Equal(("flag0", "/env", "/file/run"), (settings.Engine.Bridge, settings.Engine.StateDirectory, settings.Engine.RuntimeDirectory));
    }

    [Fact]
    public void Load_EverythingGiven_ReachesItsPlace()
    {
        DaemonSettings settings = Load(environment: new()
        {
            ["VIPER_API_BASE"] = "http://127.0.0.1:9999",
            ["VIPER_API_KEY"] = "k",
            ["VIPER_API_ALLOW_CIDR"] = "10.0.0.0/8, ::1",
            ["VIPER_API_HOSTS"] = "viper.lan",
            ["VIPER_HYPERVISOR"] = "qemu",
            ["VIPER_QEMU"] = "/q",
            ["VIPER_CLOUD_HYPERVISOR"] = "/c",
            ["VIPER_KERNEL"] = "/k",
            ["VIPER_INITRAMFS"] = "/i",
            ["VIPER_HOST_IP"] = "10.9.0.1",
            ["VIPER_SUBNET"] = "10.9.0.0/22",
            ["VIPER_NETNS"] = "ns",
            ["VIPER_DNS"] = "9.9.9.9,1.1.1.1",
            ["VIPER_READY_TAPS"] = "0",
            ["VIPER_CONFINE_VMMS"] = "off",
            ["VIPER_VMM_MEMORY_MB"] = "300",
            ["VIPER_VM_DISK_MB_PER_SECOND"] = "20",
            ["VIPER_VM_DISK_IOPS"] = "1000",
            ["VIPER_LOG_LEVEL"] = "debug",
            ["VIPER_CACHE_DIR"] = "/cc",
            ["VIPER_LOG_DIR"] = "/ll",
        });

        Assert.Equal(["http://127.0.0.1:9999"], settings.Listen.Select(l => l.ToString()));
        Assert.Equal(("k", "viper.lan", "ns", LogLevel.Debug, "/cc", "/ll"),
            (settings.ApiKey, settings.ApiHosts.Single(), settings.NetworkNamespace, settings.LogLevel, settings.CacheDirectory, settings.Engine.LogDirectory));
        Assert.Equal(("qemu", "/q", "/c", "/k", "/i"),
            (settings.Engine.Hypervisor, settings.Engine.QemuPath, settings.Engine.CloudHypervisorPath, settings.Engine.KernelPath, settings.Engine.InitramfsPath));
        Assert.Equal(("10.9.0.1", "10.9.0.0/22"), (settings.Engine.HostAddress.ToString(), settings.Engine.Subnet.ToString()));
        Assert.Equal([IPAddress.Parse("9.9.9.9"), IPAddress.Parse("1.1.1.1")], settings.Engine.DnsServers);
        Assert.Equal(0, settings.Engine.ReadyTaps);
        Assert.Equal(
            (false, 300, 20, 1000),
            (settings.Engine.Limits.ConfineVmms, settings.Engine.Limits.VmmMemoryMb, settings.Engine.Limits.VmDiskMbPerSecond, settings.Engine.Limits.VmDiskIops));
        Assert.Equal(["10.0.0.0/8", "::1/128"], settings.AllowCidr.Select(n => n.ToString()));
        Assert.DoesNotContain("k,", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VIPER_HOST_IP", "10.9.8.7", "10.9.8.7", "10.9.8.0/24")]
    [InlineData("VIPER_SUBNET", "10.9.8.0/23", "10.9.8.1", "10.9.8.0/23")]
    public void Load_HalfOfTheNetwork_FillsInTheOther(string variable, string value, string host, string subnet)
    {
        DaemonSettings settings = Load(environment: new() { [variable] = value });

        Assert.Equal((host, subnet), (settings.Engine.HostAddress.ToString(), settings.Engine.Subnet.ToString()));
    }

    [Theory]
    [InlineData("VIPER_API_BASE", "ftp://x")]
    [InlineData("VIPER_API_BASE", "https://127.0.0.1:1")]
    [InlineData("VIPER_API_BASE", "http://some.name:1")]
    [InlineData("VIPER_API_BASE", "http://127.0.0.1:1/path")]
    [InlineData("VIPER_API_BASE", "unix:")]
    [InlineData("VIPER_API_KEY", "")]
    [InlineData("VIPER_API_KEY", "a b")]
    [InlineData("VIPER_API_ALLOW_CIDR", "all")]
    [InlineData("VIPER_HYPERVISOR", "xen")]
    [InlineData("VIPER_HOST_IP", "1")]
    [InlineData("VIPER_HOST_IP", "::1")]
    [InlineData("VIPER_SUBNET", "10.0.0.0/31")]
    [InlineData("VIPER_BRIDGE", "a/b")]
    [InlineData("VIPER_BRIDGE", "sixteen-letters-")]
    [InlineData("VIPER_NETNS", "..")]
    [InlineData("VIPER_DNS", "1.1.1.1,2.2.2.2,3.3.3.3")]
    [InlineData("VIPER_DNS", "one.one")]
    [InlineData("VIPER_READY_TAPS", "65")]
    [InlineData("VIPER_READY_TAPS", "-1")]
    [InlineData("VIPER_READY_TAPS", "some")]
    [InlineData("VIPER_CONFINE_VMMS", "true")]
    [InlineData("VIPER_VMM_MEMORY_MB", "31")]
    [InlineData("VIPER_VM_DISK_MB_PER_SECOND", "-1")]
    [InlineData("VIPER_VM_DISK_IOPS", "1e3")]
    [InlineData("VIPER_LOG_LEVEL", "loud")]
    public void Load_BadValue_NamesItsSource(string variable, string value)
    {
        SettingsException error = Assert.Throws<SettingsException>(() => Load(environment: new() { [variable] = value }));

        Assert.StartsWith(variable, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SubnetWithoutTheHost_NamesTheSubnet()
    {
        SettingsException error = Assert.Throws<SettingsException>(() => Load(new() { ["hostIp"] = "10.0.0.1", ["subnet"] = "10.1.0.0/24" }));

        Assert.StartsWith("--subnet: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:7777")]
    [InlineData("http://192.0.2.1")]
    [InlineData("http://[::]:1")]
    public void Load_OpenAddressWithoutKey_IsRefused(string address)
    {
        Assert.Throws<SettingsException>(() => Load(new() { ["apiBase"] = address }));

        Assert.Single(Load(new() { ["apiBase"] = address }, new() { ["VIPER_API_KEY"] = "k" }).Listen);
    }

    [Fact]
    public void Load_SocketPathTooLong_IsRefused()
    {
        SettingsException error = Assert.Throws<SettingsException>(() => Load(new() { ["runtimeDir"] = "/" + new string('a', 120) }));

        Assert.Contains("107", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"brigde":"x"}""", "brigde")]
    [InlineData("""{"bridge":"x","bridge":"y"}""", "twice")]
    [InlineData("""{"bridge":5}""", "bridge in /f.json")]
    [InlineData("[]", "one JSON object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    public void Parse_BadFile_NamesIt(string content, string named)
    {
        SettingsException error = Assert.Throws<SettingsException>(() => SettingsFile.Parse(Encoding.UTF8.GetBytes(content), "/f.json"));

        Assert.Contains("/f.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Definitions_EverySetting_HasTheAgreedSpellings()
    {
        Assert.Equal(
            ["--state-dir", "--runtime-dir", "--log-dir", "--cache-dir", "--api-base", "--api-allow-cidr", "--api-hosts", "--api-key", "--hypervisor", "--qemu",
                "--cloud-hypervisor", "--kernel", "--initramfs", "--host-ip", "--subnet", "--bridge", "--netns", "--dns", "--ready-taps", "--max-vms", "--max-vms-per-owner", "--cpu-overcommit", "--memory-overcommit", "--disk-overcommit",
                "--min-free-memory-mb", "--min-free-disk-mb", "--confine-vmms", "--vmm-memory-mb", "--vm-disk-mb-per-second", "--vm-disk-iops", "--queue-length", "--queue-timeout-seconds", "--stop-grace-seconds", "--end-warning-seconds",
                "--health-interval-seconds", "--health-failures", "--log-level"],
            SettingDefinitions.All.Select(s => s.Flag));
        Assert.Equal(("VIPER_CLOUD_HYPERVISOR", "VIPER_API_ALLOW_CIDR"), (SettingDefinitions.CloudHypervisor.Variable, SettingDefinitions.ApiAllowCidr.Variable));
        Assert.Equal(["apiKey"], SettingDefinitions.All.Where(s => s.IsSecret).Select(s => s.Name));
    }

    private static DaemonSettings Load(
        Dictionary<string, string>? flags = null, Dictionary<string, string>? environment = null, string? file = null, bool isWritable = true)
    {
        Dictionary<string, SettingValue> inFile = file is null ? [] : SettingsFile.Parse(Encoding.UTF8.GetBytes(file), "/f.json");
        SettingsSource source = new(flags ?? [], name => (environment ?? []).GetValueOrDefault(name), inFile);
        return SettingsLoader.Load(source, _ => isWritable);
    }
}
