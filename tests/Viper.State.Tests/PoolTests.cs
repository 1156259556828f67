using System.Net;

namespace Viper.State.Tests;

/// <summary>Pools of several networks that grow and shrink while VMs hold addresses.</summary>
public sealed class PoolTests : IDisposable
{
    private static readonly HashSet<IPAddress> s_none = [];
    private static readonly IPNetwork s_low = IPNetwork.Parse("10.0.0.0/30");
    private static readonly IPNetwork s_high = IPNetwork.Parse("10.5.0.0/30");
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly StateStore _store;

    public PoolTests() => _store = StateStore.Open(_folder.Database, Vms.NoRest);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void SeedPool_SeveralNetworks_GivesTheLowestOfAll()
    {
        Assert.Equal(new SeedResult(4, 0, 0), _store.SeedPool([s_high, s_low], s_none));
        Assert.Equal(new SeedResult(0, 0, 0), _store.SeedPool([s_low, s_high], s_none));

        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.5.0.1", "10.5.0.2"], Names(4).Select(n => Vms.Create(_store, n).IpAddress.ToString()));
        Assert.Equal(new PoolUsage(4, 4), Assert.IsType<CreateVmResult.PoolExhausted>(Vms.TryCreate(_store, "e")).Pool);
    }

    [Fact]
    public void SeedPool_OverlappingNetworks_Throws()
    {
        Assert.Throws<ArgumentException>(() => _store.SeedPool([IPNetwork.Parse("10.0.0.0/24"), IPNetwork.Parse("10.0.0.128/25")], s_none));
        Assert.Throws<ArgumentException>(() => _store.SeedPool([s_low, s_low], s_none));
        Assert.Equal(new PoolUsage(0, 0), _store.PoolUsage());
    }

    [Fact]
    public void AddToPool_WhileAllAreLeased_GivesTheNewOnes()
    {
        _store.SeedPool(s_low, s_none);
        Array.ForEach(Names(2), n => Vms.Create(_store, n));

        Assert.Equal(new SeedResult(1, 0, 0), _store.AddToPool(s_high, new HashSet<IPAddress> { IPAddress.Parse("10.5.0.1") }));
        Assert.Equal(new SeedResult(0, 0, 0), _store.AddToPool(s_high, new HashSet<IPAddress> { IPAddress.Parse("10.5.0.1") }));

        Assert.Equal("10.5.0.2", Vms.Create(_store, "c").IpAddress.ToString());
        Assert.Equal(new PoolUsage(3, 3), _store.PoolUsage());
    }

    [Fact]
    public void RemoveFromPool_PartOfIt_TakesFreeOnesAtOnceAndLeasedOnesWithTheirVm()
    {
        _store.SeedPool(IPNetwork.Parse("10.0.0.0/29"), s_none);
        VmRecord vm = Vms.Create(_store, "a");

        Assert.Equal(new SeedResult(0, 2, 1), _store.RemoveFromPool(IPNetwork.Parse("10.0.0.0/30")));
        Assert.Equal(new SeedResult(0, 0, 0), _store.RemoveFromPool(IPNetwork.Parse("10.0.0.0/30")));

        Assert.Equal(vm, _store.GetVm("a"));
        Assert.Equal("10.0.0.4", Vms.Create(_store, "b").IpAddress.ToString());
        Vms.Delete(_store, vm.Id);
        Assert.Equal(new PoolUsage(3, 1), _store.PoolUsage());
        Assert.Equal("10.0.0.5", Vms.Create(_store, "c").IpAddress.ToString());
        Vms.AssertSound(_store);
    }

    [Fact]
    public void AddToPool_AddressThatWasGone_GoesOnWithItsEpoch()
    {
        _store.SeedPool(s_low, s_none);
        Vms.Delete(_store, Vms.Create(_store, "a").Id);
        _store.RemoveFromPool(s_low);
        Assert.IsType<CreateVmResult.PoolExhausted>(Vms.TryCreate(_store, "b"));

        Assert.Equal(2, _store.AddToPool(s_low, s_none).Added);

        Assert.Equal(2, Assert.IsType<CreateVmResult.Created>(Vms.TryCreate(_store, "b")).Lease.Epoch);
    }

    [Theory]
    [InlineData("10.0.0.0/15")]
    [InlineData("10.0.0.0/31")]
    public void AddToPool_SizeOutOfRange_Throws(string subnet) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.AddToPool(IPNetwork.Parse(subnet), s_none));

    [Fact]
    public void RemoveFromPool_IPv6_Throws() =>
        Assert.Throws<ArgumentException>(() => _store.RemoveFromPool(IPNetwork.Parse("fd00::/120")));

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"v{i}")];
}
