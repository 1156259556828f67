using System.Net;
using Viper.Orchestration.Guest;

namespace Viper.Orchestration.Tests.Guest;

public sealed class GuestCommandLineTests
{
    private static readonly IPAddress s_guest = IPAddress.Parse("192.168.127.2");
    private static readonly IPAddress s_host = IPAddress.Parse("192.168.127.1");

    [Fact]
    public void Build_WithDnsAndOwnWords_HasThemInTheirPlaces() =>
        Assert.Equal(
            "quiet ip=192.168.127.2::192.168.127.1:255.255.255.0:a:eth0:off:203.0.113.53:203.0.113.54 viper.epoch=1700000000 own words",
            GuestCommandLine.Build(
                " quiet ", "a", s_guest, s_host, IPNetwork.Parse("192.168.127.0/24"),
                [IPAddress.Parse("203.0.113.53"), IPAddress.Parse("203.0.113.54"), IPAddress.Parse("203.0.113.55")],
                DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), "own words"));

    [Theory]
    [InlineData("10.0.0.0/8", "255.0.0.0")]
    [InlineData("10.0.0.0/9", "255.128.0.0")]
    [InlineData("10.0.0.0/30", "255.255.255.252")]
    public void Build_OfASubnet_HasItsNetmask(string subnet, string mask) =>
        Assert.Contains(
            $":{mask}:a:eth0:off ",
            GuestCommandLine.Build("", "a", s_guest, s_host, IPNetwork.Parse(subnet), [], DateTimeOffset.UnixEpoch, ""),
            StringComparison.Ordinal);

    [Fact]
    public void Mac_OfNameAndAddress_IsTheirSha1BehindALocalPrefix()
    {
        // printf '%s' 'a|192.168.127.2' | sha1sum
        Assert.Equal("02:" + Sha1Start("a|192.168.127.2"), GuestMac.Of("a", s_guest));
        Assert.NotEqual(GuestMac.Of("a", s_guest), GuestMac.Of("b", s_guest));
    }

    private static string Sha1Start(string text)
    {
        System.Diagnostics.ProcessStartInfo start = new("sha1sum") { RedirectStandardInput = true, RedirectStandardOutput = true };
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        string digest = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return string.Join(':', Enumerable.Range(0, 5).Select(i => digest.Substring(2 * i, 2)));
    }
}
