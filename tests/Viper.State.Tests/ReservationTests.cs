using System.Net;

namespace Viper.State.Tests;

/// <summary>Addresses that are kept for VMs of certain names.</summary>
public sealed class ReservationTests : IDisposable
{
    private static readonly IPAddress s_second = IPAddress.Parse("10.0.0.2");
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly FixedClock _clock = new();
    private readonly StateStore _store;

    public ReservationTests()
    {
        _store = StateStore.Open(_folder.Database, new StateStoreOptions { Time = _clock, Quarantine = s_rest });
        _store.SeedPool(IPNetwork.Parse("10.0.0.0/29"), new HashSet<IPAddress>());
    }

    public void Dispose()
    {
        Assert.Empty(_store.CheckIntegrity());
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void CreateVm_ReservedName_GetsItsAddressAndNobodyElseDoes()
    {
        Assert.Equal(new ReserveResult.Reserved(s_second), _store.ReserveAddress("db", s_second));
        Assert.Equal(new PoolUsage(6, 0, 0, 1), _store.PoolUsage());

        string[] others = [.. Enumerable.Range(0, 5).Select(i => Vms.Create(_store, $"v{i}").IpAddress.ToString())];

        Assert.Equal(["10.0.0.1", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"], others);
        Assert.IsType<CreateVmResult.PoolExhausted>(Vms.TryCreate(_store, "x"));
        Assert.Equal(s_second, Vms.Create(_store, "db").IpAddress);
        Assert.Equal(new Reservation("db", s_second, true), Assert.Single(_store.ListReservations()));
    }

    [Fact]
    public void CreateVm_ReservedNameAgainAtOnce_GetsItsAddressWithoutARest()
    {
        _store.ReserveAddress("db", s_second);
        Vms.Delete(_store, Vms.Create(_store, "db").Id);

        Assert.Equal((s_second, 2L), (Vms.Create(_store, "db").IpAddress, Assert.Single(_store.ListLeases()).Epoch));
    }

    [Fact]
    public void ReserveAddress_LivingVm_KeepsTheOneItHas()
    {
        VmRecord vm = Vms.Create(_store, "a");

        Assert.Equal(new ReserveResult.Reserved(vm.IpAddress), _store.ReserveAddress("a"));
        Assert.Equal(new ReserveResult.Reserved(vm.IpAddress), _store.ReserveAddress("a", vm.IpAddress));
        Vms.Delete(_store, vm.Id);

        Assert.Equal("10.0.0.2", Vms.Create(_store, "b").IpAddress.ToString());
        Assert.Equal(vm.IpAddress, Vms.Create(_store, "a").IpAddress);
    }

    [Fact]
    public void ReserveAddress_WhatCannotBe_SaysWhyAndChangesNothing()
    {
        VmRecord a = Vms.Create(_store, "a");
        _store.ReserveAddress("db", s_second);
        VmRecord c = Vms.Create(_store, "c");
        Vms.Delete(_store, c.Id);

        Assert.Equal(new ReserveResult.Taken(a.IpAddress, "a"), _store.ReserveAddress("x", a.IpAddress));
        Assert.Equal(new ReserveResult.Taken(s_second, "db"), _store.ReserveAddress("x", s_second));
        Assert.Equal(new ReserveResult.Quarantined(c.IpAddress, _clock.Now + s_rest), _store.ReserveAddress("x", c.IpAddress));
        Assert.Equal(new ReserveResult.NotInPool(IPAddress.Loopback), _store.ReserveAddress("x", IPAddress.Loopback));
        Assert.Throws<ArgumentException>(() => _store.ReserveAddress("x", IPAddress.IPv6Loopback));
        Assert.Throws<ArgumentException>(() => _store.ReserveAddress(""));
        Assert.Equal("db", Assert.Single(_store.ListReservations()).VmName);
    }

    [Fact]
    public void ReserveAddress_AnotherAddress_GivesUpTheFirst()
    {
        _store.ReserveAddress("db", s_second);
        IPAddress other = IPAddress.Parse("10.0.0.6");

        Assert.Equal(new ReserveResult.Reserved(other), _store.ReserveAddress("db", other));

        Assert.Equal(other, Assert.Single(_store.ListReservations()).IpAddress);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], ((string[])["a", "b"]).Select(n => Vms.Create(_store, n).IpAddress.ToString()));
    }

    [Fact]
    public void ReserveAddress_AnyAddressOfAFullPool_SaysWhenOneIsFree()
    {
        for (int i = 0; i < 6; i++)
        {
            Vms.Create(_store, $"v{i}");
        }

        Assert.Equal(new ReserveResult.PoolExhausted(new PoolUsage(6, 6), null), _store.ReserveAddress("x"));
        Vms.Delete(_store, _store.GetVm("v1")!.Id);
        Assert.Equal(new ReserveResult.PoolExhausted(new PoolUsage(6, 5, 1), _clock.Now + s_rest), _store.ReserveAddress("x"));
    }

    [Fact]
    public void CancelReservation_AfterItsVm_LetsTheAddressRest()
    {
        _store.ReserveAddress("db");
        Vms.Delete(_store, Vms.Create(_store, "db").Id);

        Assert.True(_store.CancelReservation("db"));
        Assert.False(_store.CancelReservation("db"));

        Assert.Equal("10.0.0.2", Vms.Create(_store, "a").IpAddress.ToString());
        _clock.Advance(s_rest);
        Assert.Equal("10.0.0.1", Vms.Create(_store, "b").IpAddress.ToString());
    }

    [Fact]
    public void CancelReservation_LivingVm_KeepsTheAddressUntilItsEnd()
    {
        _store.ReserveAddress("db");
        VmRecord vm = Vms.Create(_store, "db");
        _store.CancelReservation("db");

        Assert.Equal(vm, _store.GetVm("db"));
        Vms.Delete(_store, vm.Id);
        Assert.Equal(new PoolUsage(6, 0, 1), _store.PoolUsage());
    }

    [Fact]
    public void SeedPool_WithoutAReservedAddress_KeepsTheReservationForItsReturn()
    {
        _store.ReserveAddress("db", s_second);
        _store.SeedPool(IPNetwork.Parse("10.9.0.0/29"), new HashSet<IPAddress>());

        Assert.False(Assert.Single(_store.ListReservations()).IsInPool);
        Assert.Equal("10.9.0.1", Vms.Create(_store, "db").IpAddress.ToString());
        Vms.Delete(_store, _store.GetVm("db")!.Id);
        _store.AddToPool(IPNetwork.Parse("10.0.0.0/29"), new HashSet<IPAddress>());

        Assert.Equal(s_second, Vms.Create(_store, "db").IpAddress);
    }
}
