using System.Text;
using Viper.Agent.Boot;

namespace Viper.Agent.Tests;

public sealed class BootTests
{
    private const string Token = "0123456789abcdefABCDEF_-0123456789abcdef012";

    [Theory]
    [InlineData("console=ttyS0 ip=192.168.127.11::192.168.127.1:255.255.255.0:a:eth0:off quiet", "192.168.127.11", "192.168.127.1")]
    [InlineData("ip=10.0.0.2:1.1.1.1:10.0.0.1", "10.0.0.2", "10.0.0.1")]
    [InlineData("ip=1.1.1.1::1.1.1.2 ip=10.0.0.2::10.0.0.1:m\n", "10.0.0.2", "10.0.0.1")]
    public void Parse_Addresses_AreGuestAndHost(string line, string guest, string host)
    {
        var found = GuestAddresses.Parse(line);

        Assert.Equal((guest, host), (found?.Guest.ToString(), found?.Host.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ip=dhcp")]
    [InlineData("ip=::")]
    [InlineData("ip=a::b:")]
    [InlineData("ip=192.168.127.11::")]
    [InlineData("ip=fe80::1")]
    [InlineData("xip=1.1.1.1::1.1.1.2")]
    [InlineData("-- ip=1.1.1.1::1.1.1.2")]
    public void Parse_NoAddresses_IsNull(string line) => Assert.Null(GuestAddresses.Parse(line));

    [Fact]
    public void Matches_OnlyTheWholeToken()
    {
        var token = VmToken.TryParse(Encoding.ASCII.GetBytes(Token))!;

        Assert.True(token.Matches(Token));
        for (var cut = 0; cut < Token.Length; cut++)
        {
            Assert.False(token.Matches(Token.AsSpan(0, cut)));
        }

        Assert.False(token.Matches(Token + "0"));
        Assert.False(token.Matches(Token.ToUpperInvariant()));
        Assert.False(token.Matches(new string('a', 10_000)));
        Assert.False(token.Matches(new string('\u20ac', VmToken.MaxLength)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("0123456789abcdef 0123456789abcdef")]
    [InlineData("0123456789abcdef+/0123456789abcdef")]
    public void TryParse_NoToken_IsNull(string text) => Assert.Null(VmToken.TryParse(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Load_Absent_SaysThePathAndNotMore() =>
        Assert.Contains("/nowhere/token", Assert.Throws<AgentStartException>(() => VmToken.Load("/nowhere/token")).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_Garbage_DoesNotRepeatIt()
    {
        using var folder = new TempFolder();
        var path = folder.Write("token", "this is not a token but someone's secret");

        var error = Assert.Throws<AgentStartException>(() => VmToken.Load(path));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithLineEnd_IsTheToken()
    {
        using var folder = new TempFolder();

        Assert.True(VmToken.Load(folder.Write("token", Token + "\n")).Matches(Token));
    }

    [Fact]
    public void ParseStart_NameWithSpacesAndParentheses_CountsFromTheLast() =>
        Assert.Equal(12340, BootClock.ParseStart("1 (a) b) S 1 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 1234 5 6"u8));

    [Fact]
    public void ParseStart_Truncated_IsZero() => Assert.Equal(0, BootClock.ParseStart("1 (a) S 1 1"u8));

    [Fact]
    public void ProcessStart_IsBeforeNow() => Assert.InRange(BootClock.ProcessStart(), 1, BootClock.Now);

    [Fact]
    public void Version_IsThatOfTheBuild() =>
        Assert.Equal(AgentVersion.Text, typeof(AgentVersion).Assembly.GetName().Version!.ToString(3));
}
