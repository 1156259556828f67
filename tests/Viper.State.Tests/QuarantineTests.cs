using System.Net;

namespace Viper.State.Tests;

/// <summary>How long an address rests after its release.</summary>
public sealed class QuarantineTests : IDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly FixedClock _clock = new();
    private readonly StateStoreOptions _options;
    private StateStore _store;

    public QuarantineTests()
    {
        _options = new StateStoreOptions { Time = _clock, Quarantine = s_rest };
        _store = StateStore.Open(_folder.Database, _options);
        _store.SeedPool(IPNetwork.Parse("10.0.0.0/29"), new HashSet<IPAddress>());
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void CreateVm_AfterARelease_GivesTheLowestThatDoesNotRest()
    {
        VmRecord a = Vms.Create(_store, "a");
        VmRecord b = Vms.Create(_store, "b");
        Vms.Delete(_store, a.Id);
        _clock.Advance(s_rest / 2);
        Vms.Delete(_store, b.Id);

        Assert.Equal(new PoolUsage(6, 0, 2), _store.PoolUsage());
        Assert.Equal("10.0.0.3", Vms.Create(_store, "c").IpAddress.ToString());
        _clock.Advance(s_rest / 2);
        Assert.Equal(new PoolUsage(6, 1, 1), _store.PoolUsage());
        Assert.Equal(a.IpAddress, Vms.Create(_store, "d").IpAddress);
        Assert.Equal("10.0.0.4", Vms.Create(_store, "e").IpAddress.ToString());
        Vms.AssertSound(_store);
    }

    [Fact]
    public void CreateVm_OnlyRestingOnesLeft_SaysWhenTheNextIsFree()
    {
        for (int i = 0; i < 6; i++)
        {
            Vms.Create(_store, $"v{i}");
        }

        Assert.Null(Assert.IsType<CreateVmResult.PoolExhausted>(Vms.TryCreate(_store, "x")).NextFreeAt);
        Vms.Delete(_store, _store.GetVm("v3")!.Id);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Vms.Delete(_store, _store.GetVm("v0")!.Id);

        var full = Assert.IsType<CreateVmResult.PoolExhausted>(Vms.TryCreate(_store, "x"));

        Assert.Equal(new PoolUsage(6, 4, 2), full.Pool);
        Assert.Equal(_clock.Now + TimeSpan.FromSeconds(7), full.NextFreeAt);
        _clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("10.0.0.4", Vms.Create(_store, "x").IpAddress.ToString());
    }

    [Fact]
    public void Quarantine_AcrossARestart_GoesOn()
    {
        Vms.Delete(_store, Vms.Create(_store, "a").Id);
        _clock.Advance(s_rest - TimeSpan.FromMilliseconds(1));
        Reopen(_options);

        Assert.Equal("10.0.0.2", Vms.Create(_store, "b").IpAddress.ToString());
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("10.0.0.1", Vms.Create(_store, "c").IpAddress.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Quarantine_ClockIsSetByAnHour_EndsInItsTime(int hours)
    {
        Vms.Delete(_store, Vms.Create(_store, "a").Id);
        _clock.Now += TimeSpan.FromHours(hours);

        Assert.Equal("10.0.0.2", Vms.Create(_store, "b").IpAddress.ToString());
        _clock.Advance(s_rest);
        Assert.Equal("10.0.0.1", Vms.Create(_store, "c").IpAddress.ToString());
    }

    [Fact]
    public void Quarantine_ClockWasSetBackBeforeARestart_LastsOnceMoreAtMost()
    {
        Vms.Delete(_store, Vms.Create(_store, "a").Id);
        _clock.Now -= TimeSpan.FromHours(1);
        Reopen(_options);

        Assert.Equal("10.0.0.2", Vms.Create(_store, "b").IpAddress.ToString());
        _clock.Advance(s_rest);
        Assert.Equal("10.0.0.1", Vms.Create(_store, "c").IpAddress.ToString());
    }

    [Fact]
    public void Quarantine_SwitchedOff_EndsForThoseThatRest()
    {
        Vms.Delete(_store, Vms.Create(_store, "a").Id);
        Reopen(_options with { Quarantine = TimeSpan.Zero });

        Assert.Equal("10.0.0.1", Vms.Create(_store, "b").IpAddress.ToString());
    }

    [Fact]
    public void Quarantine_AddressLeavesThePoolAndComesBack_KeepsTheRest()
    {
        IPNetwork subnet = IPNetwork.Parse("10.0.0.0/29");
        Vms.Delete(_store, Vms.Create(_store, "a").Id);
        _store.RemoveFromPool(subnet);
        _clock.Advance(s_rest / 2);
        _store.AddToPool(subnet, new HashSet<IPAddress>());

        Assert.Equal("10.0.0.2", Vms.Create(_store, "b").IpAddress.ToString());
        _clock.Advance(s_rest / 2);
        Assert.Equal("10.0.0.1", Vms.Create(_store, "c").IpAddress.ToString());
    }

    private void Reopen(StateStoreOptions options)
    {
        _store.Dispose();
        _store = StateStore.Open(_folder.Database, options);
    }
}
