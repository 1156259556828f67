using System.Net;

namespace Viper.State.Tests;

public sealed class LeaseTests : IDisposable
{
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly StateStore _store;

    public LeaseTests() => _store = StateStore.Open(_folder.Database, Vms.NoRest);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void SeedPool_Twice_AddsTheHostsOnce()
    {
        Assert.Equal(new SeedResult(253, 0, 0), _store.SeedPool(Vms.Subnet, Vms.Gateway));
        Assert.Equal(new SeedResult(0, 0, 0), _store.SeedPool(Vms.Subnet, Vms.Gateway));
        Assert.Equal(new PoolUsage(253, 0), _store.PoolUsage());
    }

    [Fact]
    public void SeedPool_SmallestAndLargest_LeaveOutNetworkAndBroadcast()
    {
        Assert.Equal(2, _store.SeedPool(IPNetwork.Parse("10.0.0.4/30"), new HashSet<IPAddress>()).Added);
        Assert.Equal("10.0.0.5", Vms.Create(_store, "a").IpAddress.ToString());
        Assert.Equal("10.0.0.6", Vms.Create(_store, "b").IpAddress.ToString());
        Assert.Equal(65534, _store.SeedPool(IPNetwork.Parse("10.1.0.0/16"), new HashSet<IPAddress>()).Added);
        Assert.Equal("10.1.0.1", Vms.Create(_store, "c").IpAddress.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/15")]
    [InlineData("10.0.0.0/31")]
    public void SeedPool_SizeOutOfRange_Throws(string subnet) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.SeedPool(IPNetwork.Parse(subnet), Vms.Gateway));

    [Fact]
    public void SeedPool_IPv6_Throws() =>
        Assert.Throws<ArgumentException>(() => _store.SeedPool(IPNetwork.Parse("fd00::/120"), Vms.Gateway));

    [Fact]
    public void SeedPool_OtherSubnetWithLeases_RetiresThemUntilTheirVmsAreGone()
    {
        _store.SeedPool(IPNetwork.Parse("10.0.0.0/29"), new HashSet<IPAddress>());
        VmRecord old = Vms.Create(_store, "old");

        Assert.Equal(new SeedResult(6, 5, 1), _store.SeedPool(IPNetwork.Parse("10.9.0.0/29"), new HashSet<IPAddress>()));
        Assert.Equal(old.IpAddress, _store.GetVm("old")!.IpAddress);
        Assert.Equal(new PoolUsage(7, 1), _store.PoolUsage());
        Vms.Delete(_store, old.Id);

        Assert.Equal(new PoolUsage(6, 0), _store.PoolUsage());
        Assert.Equal("10.9.0.1", Vms.Create(_store, "new").IpAddress.ToString());
        Assert.Empty(_store.CheckIntegrity());
    }

    [Fact]
    public void SeedPool_RetiredAddressWantedAgain_StaysInThePool()
    {
        IPNetwork subnet = IPNetwork.Parse("10.0.0.0/29");
        _store.SeedPool(subnet, new HashSet<IPAddress>());
        VmRecord vm = Vms.Create(_store, "a");
        Assert.Equal(1, _store.SeedPool(subnet, new HashSet<IPAddress> { vm.IpAddress }).Retired);

        Assert.Equal(new SeedResult(1, 0, 0), _store.SeedPool(subnet, new HashSet<IPAddress>()));
        Vms.Delete(_store, vm.Id);

        Assert.Equal(new PoolUsage(6, 0), _store.PoolUsage());
    }

    [Fact]
    public void CreateVm_FullPool_GivesPoolExhaustedAndChangesNothing()
    {
        _store.SeedPool(IPNetwork.Parse("10.0.0.0/30"), new HashSet<IPAddress>());
        Vms.Create(_store, "a");
        Vms.Create(_store, "b");

        var full = Assert.IsType<CreateVmResult.PoolExhausted>(Vms.TryCreate(_store, "c"));

        Assert.Equal(new PoolUsage(2, 2), full.Pool);
        Assert.Null(_store.GetVm("c"));
        Assert.Equal(2, _store.LastSeq);
    }

    [Fact]
    public void CreateVm_NeverSeeded_GivesPoolExhausted() =>
        Assert.Equal(new PoolUsage(0, 0), Assert.IsType<CreateVmResult.PoolExhausted>(Vms.TryCreate(_store, "a")).Pool);
}
