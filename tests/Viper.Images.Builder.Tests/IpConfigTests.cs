using System.Text;

namespace Viper.Images.Builder.Tests;

/// <summary>init's parser of ip=, compiled natively under the address and undefined-behaviour sanitizers.</summary>
public sealed class IpConfigTests : IClassFixture<IpConfigProgram>
{
    private readonly IpConfigProgram _program;

    public IpConfigTests(IpConfigProgram program)
    {
        _program = program;
    }

    [Theory]
    [InlineData(
        "console=ttyS0 ip=192.168.127.10::192.168.127.1:255.255.255.0:vm-a:eth0:off:192.168.127.1:192.168.127.2 quiet",
        "client=192.168.127.10 server=- gateway=192.168.127.1 netmask=255.255.255.0 host=vm-a domain=- device=eth0 dns0=192.168.127.1 dns1=192.168.127.2 ntp0=-")]
    [InlineData(
        "ip=10.0.0.2:10.0.0.9:10.0.0.1:255.0.0.0:vm.lan.example:eth1:none:1.1.1.1::9.9.9.9",
        "client=10.0.0.2 server=10.0.0.9 gateway=10.0.0.1 netmask=255.0.0.0 host=vm domain=lan.example device=eth1 dns0=1.1.1.1 dns1=- ntp0=9.9.9.9")]
    [InlineData("ip=10.0.0.2", "client=10.0.0.2 server=- gateway=- netmask=255.0.0.0 host=- domain=- device=- dns0=- dns1=- ntp0=-")]
    [InlineData("ip=172.16.0.2:", "client=172.16.0.2 server=- gateway=- netmask=255.255.0.0 host=- domain=- device=- dns0=- dns1=- ntp0=-")]
    [InlineData("ip=192.168.0.2::::", "client=192.168.0.2 server=- gateway=- netmask=255.255.255.0 host=- domain=- device=- dns0=- dns1=- ntp0=-")]
    [InlineData("ip=1.1.1.1 ip=2.2.2.2", "client=2.2.2.2 server=- gateway=- netmask=255.0.0.0 host=- domain=- device=- dns0=- dns1=- ntp0=-")]
    [InlineData("ip=1.1.1.1 -- ip=2.2.2.2", "client=1.1.1.1 server=- gateway=- netmask=255.0.0.0 host=- domain=- device=- dns0=- dns1=- ntp0=-")]
    [InlineData("\"ip=1.1.1.1\"", "client=1.1.1.1 server=- gateway=- netmask=255.0.0.0 host=- domain=- device=- dns0=- dns1=- ntp0=-")]
    [InlineData("x=\"a ip=3.3.3.3 b\" ip=1.1.1.1", "client=1.1.1.1 server=- gateway=- netmask=255.0.0.0 host=- domain=- device=- dns0=- dns1=- ntp0=-")]
    public void Parse_GoodValue_IsRead(string line, string expected) => Assert.Equal(expected, Parse(line));

    [Theory]
    [InlineData("", "absent")]
    [InlineData("zip=1.1.1.1 ipx=2.2.2.2 ip", "absent")]
    [InlineData("ip=", "unconfigured")]
    [InlineData("ip=off", "unconfigured")]
    [InlineData("ip=none", "unconfigured")]
    public void Parse_NoAddressAskedFor_LeavesTheNetworkAlone(string line, string expected) => Assert.Equal(expected, Parse(line));

    [Theory]
    [InlineData("dhcp", "asks for autoconfiguration")]
    [InlineData("1.2.3.4::::::dhcp", "asks for autoconfiguration")]
    [InlineData("1.2.3.4::::::maybe", "word is unknown")]
    [InlineData("garbage", "word is unknown")]
    [InlineData("1.2.3:", "client address is not an IPv4 address")]
    [InlineData("1.2.3.256:", "client address is not an IPv4 address")]
    [InlineData("::1", "gateway is not")]
    [InlineData(":", "names no client address")]
    [InlineData(":::::", "names no client address")]
    [InlineData("fe80::1:", "client address is not an IPv4 address")]
    [InlineData("127.0.0.1:", "not one that a machine can have")]
    [InlineData("224.0.0.1:", "not one that a machine can have")]
    [InlineData("1.2.3.4:x", "server address is not")]
    [InlineData("1.2.3.4::x", "gateway is not")]
    [InlineData("1.2.3.4:::24", "netmask is not of the form")]
    [InlineData("1.2.3.4:::255.0.255.0", "netmask has holes")]
    [InlineData("1.2.3.4::::a/b", "host name holds something other")]
    [InlineData("1.2.3.4::::.lan", "host name holds something other")]
    [InlineData("1.2.3.4::::aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "longer than 64")]
    [InlineData("1.2.3.4:::::eth0/../x", "not a network device's name")]
    [InlineData("1.2.3.4:::::sixteen-letters-", "not a network device's name")]
    [InlineData("1.2.3.4:::::::x", "name server is not")]
    [InlineData("1.2.3.4::::::::x", "name server is not")]
    [InlineData("1.2.3.4:::::::::x", "time server is not")]
    [InlineData("1.2.3.4::::::::::x", "more than ten fields")]
    public void Parse_BadValue_SaysWhat(string value, string problem)
    {
        string line = Parse($"ip={value}");

        Assert.StartsWith("problem: ", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FieldOfAnyLength_IsRefusedNotOverrun()
    {
        string[] lines = [.. Enumerable.Range(0, 4_090).Select(length => "ip=1.2.3.4::::" + new string('a', length))];

        Assert.Equal(lines.Length, _program.Run(lines).Length);
    }

    [Fact]
    public void Parse_CutAtEveryLength_NeverFails()
    {
        const string Line = "console=ttyS0 ip=192.168.127.10:1.1.1.1:192.168.127.1:255.255.255.0:vm-a.lan:eth0:off:192.168.127.1:192.168.127.2:3.3.3.3 x=\"y z\"";

        Assert.Equal(Line.Length + 1, _program.Run([.. Enumerable.Range(0, Line.Length + 1).Select(length => Line[..length])]).Length);
    }

    [Fact]
    public void Parse_ChangedAtRandom_NeverFails()
    {
        const string Line = "a=b ip=192.168.127.10:1.1.1.1:192.168.127.1:255.255.255.0:vm-a.lan:eth0:off:192.168.127.1:192.168.127.2 \"c d\"";
        const string Bytes = "0123456789.:abcipx=\" -/\t~";
        Random random = new(20260101);
        string[] lines = new string[50_000];
        for (int i = 0; i < lines.Length; i++)
        {
            StringBuilder line = new(Line);
            for (int change = random.Next(1, 8); change > 0; change--)
            {
                line[random.Next(line.Length)] = Bytes[random.Next(Bytes.Length)];
            }

            lines[i] = line.ToString();
        }

        Assert.Equal(lines.Length, _program.Run(lines).Length);
    }

    private string Parse(string line) => Assert.Single(_program.Run([line]));
}
