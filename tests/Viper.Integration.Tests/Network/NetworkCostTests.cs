using System.Net;

using Viper.Contracts;
using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>What is asked of the kernel for one VM does not grow with the number of VMs; counted in bytes of its answers, not in time.</summary>
public sealed class NetworkCostTests : IDisposable
{
    private const int Few = 10;
    private const int Many = 300;

    // Numbers in the answers (counts, indices) have a fixed size; this is far less than one VM's part of any list.
    private const long Tolerance = 64;

    private static readonly HostNetworkSettings s_settings = new() { Address = IPAddress.Parse("10.77.0.1"), Subnet = IPNetwork.Parse("10.77.0.0/16"), DnsServers = [IPAddress.Parse("10.9.9.9")] };
    private readonly NetNsFixture _ns = new();
    private readonly HostNetwork _host;
    private readonly VmNetwork _vms;

    public NetworkCostTests()
    {
        _host = _ns.Run(() => new HostNetwork(s_settings));
        _ns.Run(_host.Apply);
        _vms = _ns.Run(() => new VmNetwork(s_settings));
    }

    [Fact]
    public void AttachAndCheck_WithManyVms_AskNoMoreThanWithFew()
    {
        // Their limits give each a chain, which a look at the whole filter reads.
        NetworkSpec limited = new() { Policy = "open", MaxConnections = 5 };
        (long attach, long check) few = default;
        (long attach, long check) many = default;
        for (int i = 0; i < Many; i++)
        {
            long before = _vms.ReceivedBytes;
            _ns.Run(() => _vms.Attach(Name(i), new MacAddress([2, 0, 0, 0, (byte)(i >> 8), (byte)i]), new IPAddress([10, 77, (byte)(1 + (i >> 8)), (byte)i]), limited));
            long attach = _vms.ReceivedBytes - before;
            long check = CheckBytes();
            (few, many) = i == Few - 1 ? ((attach, check), many) : (few, (attach, check));
        }

        Assert.InRange(many.attach, 1, few.attach + Tolerance);
        Assert.InRange(many.check, 1, few.check + Tolerance);
    }

    [Fact]
    public async Task Check_AfterOurOwnChanges_DoesNotReadTheFilterAgain()
    {
        long first = CheckBytes();
        long known = CheckBytes();
        Assert.True(known < first / 2, $"{known} bytes after {first}");
        _ns.Run(() => _vms.Attach(Name(1), new MacAddress([2, 0, 0, 0, 0, 1]), IPAddress.Parse("10.77.0.9"), new NetworkSpec { Policy = "open", MaxConnections = 1 }));
        Assert.True(_vms.Generation.IsRight(_vms.Generation.Read()));
        await _vms.DetachAsync(Name(1));
        Assert.True(_vms.Generation.IsRight(_vms.Generation.Read()));
    }

    [Theory]
    [InlineData("flush chain inet viper input", "filter")]
    [InlineData("flush chain bridge viper guest", "anti-spoof")]
    [InlineData("delete table bridge viper", "anti-spoof")]
    public void Check_AfterSomebodyElsesChange_SeesIt(string change, string finding)
    {
        CheckBytes();
        _ns.Execute("nft", change);
        NetworkFinding[] failures = [.. _ns.Run(() => _host.Check(_vms.Generation)).Where(static item => item.Level == FindingLevel.Failure)];
        Assert.Equal([finding], failures.Select(static item => item.Name));
        _ns.Run(_host.Apply);
        CheckBytes();
    }

    [Fact]
    public void Check_AfterSomebodyElsesChangeAndOneOfOurs_StillSeesIt()
    {
        CheckBytes();
        _ns.Execute("nft", "flush chain inet viper input");
        _ns.Run(() => _vms.Attach(Name(1), new MacAddress([2, 0, 0, 0, 0, 1]), IPAddress.Parse("10.77.0.9")));
        Assert.Contains(_ns.Run(() => _host.Check(_vms.Generation)), static item => item is { Name: "filter", Level: FindingLevel.Failure });
    }

    public void Dispose()
    {
        _vms.Dispose();
        _host.Dispose();
        _ns.Dispose();
    }

    private static string Name(int i) => $"vt{i:x8}";

    private long CheckBytes()
    {
        long before = _host.ReceivedBytes + _vms.ReceivedBytes;
        Assert.All(_ns.Run(() => _host.Check(_vms.Generation)), static item => Assert.Equal(FindingLevel.Ok, item.Level));
        return _host.ReceivedBytes + _vms.ReceivedBytes - before;
    }
}
