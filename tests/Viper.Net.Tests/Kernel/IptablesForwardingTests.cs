using Viper.Net.Firewall;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class IptablesForwardingTests : IDisposable
{
    private readonly NetNsFixture _ns = new();

    [Fact]
    public void Find_NoRules_IsEmpty()
    {
        Assert.Empty(_ns.Run(IptablesForwarding.Find));
        Assert.False(_ns.Run(() => IptablesForwarding.Accept("br0")));
        Assert.True(_ns.Run(() => IptablesForwarding.IsAccepted("br0")));
        Assert.False(_ns.Run(() => IptablesForwarding.Remove("br0")));
    }

    [Theory]
    [InlineData("nft", IptablesVariant.Nft)]
    [InlineData("legacy", IptablesVariant.Legacy)]
    public void Accept_PolicyDrops_PutsRulesOnceAndRemoveTakesThem(string suffix, IptablesVariant variant)
    {
        string program = Program(suffix);
        _ns.Execute(program, "-P", "FORWARD", "DROP");
        Assert.Equal([new IptablesState(variant, DropsForward: true, "FORWARD")], _ns.Run(IptablesForwarding.Find));
        Assert.False(_ns.Run(() => IptablesForwarding.IsAccepted("br0")));

        Assert.True(_ns.Run(() => IptablesForwarding.Accept("br0")));
        Assert.False(_ns.Run(() => IptablesForwarding.Accept("br0")));

        Assert.True(_ns.Run(() => IptablesForwarding.IsAccepted("br0")));
        string[] rules = _ns.Execute(program, "-S", "FORWARD").Split('\n');
        Assert.Contains("-A FORWARD -i br0 -m comment --comment viper -j ACCEPT", rules);
        Assert.Contains("-A FORWARD -o br0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment viper -j ACCEPT", rules);
        Assert.True(_ns.Run(() => IptablesForwarding.Remove("br0")));
        Assert.False(_ns.Run(() => IptablesForwarding.Remove("br0")));
        Assert.Equal("-P FORWARD DROP", _ns.Execute(program, "-S", "FORWARD").Trim());
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public void Accept_DockerIsThere_UsesItsUsersChain(string suffix)
    {
        string program = Program(suffix);
        _ns.Execute(program, "-P", "FORWARD", "DROP");
        _ns.Execute(program, "-N", "DOCKER-USER");
        _ns.Execute(program, "-A", "FORWARD", "-j", "DOCKER-USER");
        _ns.Run(() => IptablesForwarding.Accept("br0"));
        Assert.Contains("-A DOCKER-USER -i br0", _ns.Execute(program, "-S", "DOCKER-USER"), StringComparison.Ordinal);
        Assert.True(_ns.Run(() => IptablesForwarding.Remove("br0")));
        Assert.Equal("-N DOCKER-USER", _ns.Execute(program, "-S", "DOCKER-USER").Trim());
    }

    [Fact]
    public void Accept_PolicyAccepts_ChangesNothing()
    {
        _ns.Execute(Program("nft"), "-A", "FORWARD", "-i", "lo", "-j", "ACCEPT");
        Assert.False(Assert.Single(_ns.Run(IptablesForwarding.Find)).DropsForward);
        Assert.False(_ns.Run(() => IptablesForwarding.Accept("br0")));
    }

    [Fact]
    public void Accept_BadName_IsMisuse() => Assert.Throws<ArgumentException>(() => IptablesForwarding.Accept("a b"));

    public void Dispose() => _ns.Dispose();

    private static string Program(string variant) => $"/usr/sbin/iptables-{variant}";
}
