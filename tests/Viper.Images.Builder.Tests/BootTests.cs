using System.Text.Json;
using System.Text.RegularExpressions;

namespace Viper.Images.Builder.Tests;

/// <summary>Real boots of the tiny image: init's way up, its watch over the agent, and its end.</summary>
[Collection(nameof(TinyImageGroup))]
public sealed partial class BootTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Address = "ip=192.168.127.10::192.168.127.1:255.255.255.0:vm-a.lan:eth0:off:192.168.127.1:192.168.127.2";
    private readonly TinyImage _tiny;
    private readonly Viper.Images.Tests.TempFolder _folder = new();

    public BootTests(TinyImage tiny)
    {
        _tiny = tiny;
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Boot_WithATokenAppended_PutsEverythingInItsPlace(bool allInOne, bool bzImage)
    {
        using TestMachine machine = Start($"test.do=report {Address}", allInOne, bzImage);

        string console = await machine.WaitForPowerOffAsync();

        Assert.Contains($"test: token present mode=400 uid=0 {Token}|", console, StringComparison.Ordinal);
        Assert.Contains("test: settings present mode=400 uid=0 {\"a\":1}", console, StringComparison.Ordinal);
        Assert.Contains("test: initramfs-token absent", console, StringComparison.Ordinal);
        Assert.Contains("test: run-viper present mode=700 uid=0", console, StringComparison.Ordinal);
        Assert.Contains("test: home present mode=700 uid=65532", console, StringComparison.Ordinal);
        Assert.Contains("test: tmp present mode=1777", console, StringComparison.Ordinal);
        Assert.Contains("test: shm present mode=1777", console, StringComparison.Ordinal);
        Assert.Contains("test: pts present mode=666", console, StringComparison.Ordinal);
        Assert.Contains("test: cgroup present", console, StringComparison.Ordinal);
        Assert.Contains("test: input present", console, StringComparison.Ordinal);
        Assert.Contains("test: writable 0", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_WithAnAddress_ConfiguresTheNetwork()
    {
        using TestMachine machine = Start($"test.do=report {Address}");

        string console = await machine.WaitForPowerOffAsync();

        Assert.Contains("test: hostname vm-a\n", console, StringComparison.Ordinal);
        Assert.Contains("192.168.127.10\tvm-a.lan vm-a|", console, StringComparison.Ordinal);
        Assert.Contains("search lan|nameserver 192.168.127.1|nameserver 192.168.127.2|", console, StringComparison.Ordinal);
        // /proc/net/route in hexadecimal, little-endian: the gateway 192.168.127.1, then the subnet.
        Assert.Contains("eth0\t00000000\t017FA8C0", console, StringComparison.Ordinal);
        Assert.Contains("eth0\t007FA8C0\t00000000", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_Always_TellsItsMilestonesInOneLine()
    {
        using TestMachine machine = Start("test.do=off");

        string line = await machine.WaitForAsync("viper: init ");

        using JsonDocument milestones = JsonDocument.Parse(line[(line.IndexOf("init ", StringComparison.Ordinal) + 5)..]);
        long[] times = [.. ((string[])["init_start", "modules_loaded", "root_mounted", "handover"]).Select(name => milestones.RootElement.GetProperty(name).GetInt64())];
        Assert.Equal(times.Order(), times);
        Assert.Equal(-1, milestones.RootElement.GetProperty("network_up").GetInt64());
        await machine.WaitForPowerOffAsync();
    }

    [Theory]
    [InlineData("ip=garbage:::::::::::", "client address is not an IPv4 address")]
    [InlineData("ip=dhcp", "asks for autoconfiguration")]
    [InlineData("ip=10.0.0.2::::x:eth7:off", "no such network device")]
    public async Task Boot_UnusableAddress_SaysSoAndGoesOn(string words, string problem)
    {
        using TestMachine machine = Start($"test.do=report {words}");

        string console = await machine.WaitForPowerOffAsync();

        Assert.Contains(problem, console, StringComparison.Ordinal);
        Assert.Contains("test: token present", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_EpochAheadOfTheClock_SetsIt()
    {
        using TestMachine machine = Start("test.do=report viper.epoch=4000000000");

        string console = await machine.WaitForPowerOffAsync();

        Assert.InRange(long.Parse(Clock().Match(console).Groups[1].Value), 4_000_000_000, 4_000_000_300);
    }

    [Fact]
    public async Task Agent_EndsWithAnError_StartsAgainWithLongerPauses()
    {
        using TestMachine machine = Start("test.do=crash");

        string console = await machine.WaitForPowerOffAsync();

        Assert.Contains("the agent ended (signal 6); it starts again in 100 ms", console, StringComparison.Ordinal);
        Assert.Contains("the agent ended (exit code 3); it starts again in 200 ms", console, StringComparison.Ordinal);
        Assert.Contains("test: third start", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_LeavesOrphans_TheyAreReaped()
    {
        using TestMachine machine = Start("test.do=orphans");

        Assert.Contains("test: orphans gone", await machine.WaitForPowerOffAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_SendsUsr2_PowersOff()
    {
        using TestMachine machine = Start("test.do=off");

        Assert.DoesNotContain("the agent ended", await machine.WaitForPowerOffAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Term_ToInit_IsPassedToTheAgentFirst()
    {
        using TestMachine machine = Start("test.do=term");

        Assert.Contains("test: asked to end", await machine.WaitForPowerOffAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PowerButton_Pressed_ReachesTheAgentAsAKey()
    {
        using TestMachine machine = Start("test.do=key");
        await machine.WaitForAsync("test: listening");

        await machine.PressPowerButtonAsync();

        Assert.Contains("test: power key", await machine.WaitForPowerOffAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_RootThatIsNoImage_SaysWhatFailedAndPowersOff()
    {
        using TestMachine machine = Start("test.do=report viper.root=/dev/null");

        Assert.Contains("mounting the root image /dev/null failed", await machine.WaitForPowerOffAsync(), StringComparison.Ordinal);
    }

    [GeneratedRegex("test: clock ([0-9]+)")]
    private static partial Regex Clock();

    private TestMachine Start(string words, bool allInOne = false, bool bzImage = false)
    {
        ImageReference image = allInOne ? _tiny.AllInOne : _tiny.Image;
        string initramfs = _folder.At("initramfs.img");
        MachineInitramfs.Write(image.InitramfsPath, initramfs, System.Text.Encoding.ASCII.GetBytes(Token), "{\"a\":1}"u8);
        return new TestMachine(image, initramfs, _folder.At("qmp"), words, bzImage);
    }
}
