using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Viper.State.Tests;

/// <summary>Random creations, deletions, reservations, take-overs, changes of the pool, waits and reopenings, compared with a model.</summary>
public sealed class LeaseModelTests
{
    private const int Names = 8;
    private const int Rest = 4;
    private static readonly int s_walks = Environment.GetEnvironmentVariable("VIPER_SOAK") == "1" ? 2000 : 80;
    private static readonly IPNetwork s_subnet = IPNetwork.Parse("10.0.0.0/29");
    private static readonly IPNetwork s_half = IPNetwork.Parse("10.0.0.4/30");
    private static readonly HashSet<IPAddress> s_excluded = [IPAddress.Parse("10.0.0.3")];

    [Fact]
    public void Leases_RandomWalk_FollowTheModel()
    {
        Gen<(int Kind, int Name, int Host)> step = Gen.Choose(0, 29).SelectMany(
            kind => Gen.Choose(0, Names - 1).SelectMany(name => Gen.Choose(1, 6).Select(host => (kind, name, host))));
        Prop.ForAll(step.ArrayOf(70).ToArbitrary(), Follow)
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(s_walks));
    }

    private static void Follow((int Kind, int Name, int Host)[] walk)
    {
        using var folder = new StateFolder(inMemory: true);
        var clock = new FixedClock();
        var options = new StateStoreOptions { Time = clock, Quarantine = TimeSpan.FromSeconds(Rest) };
        StateStore store = StateStore.Open(folder.Database, options);
        try
        {
            store.SeedPool(s_subnet, s_excluded);
            var model = new LeaseModel(Rest);
            foreach (int host in (int[])[1, 2, 4, 5, 6])
            {
                model.Hosts.Add(host, new LeaseModel.Host(host));
            }

            DateTimeOffset begin = clock.Now;
            foreach ((int kind, int index, int host) in walk)
            {
                string name = $"v{index}";
                switch (kind)
                {
                    case < 10:
                        Create(store, model, name, begin);
                        break;
                    case < 18:
                        Delete(store, model, name);
                        break;
                    case < 22:
                        clock.Advance(TimeSpan.FromSeconds(1));
                        model.Now++;
                        break;
                    case 22:
                        store.Dispose();
                        store = StateStore.Open(folder.Database, options);
                        break;
                    case 23:
                        store.RemoveFromPool(s_half);
                        Array.ForEach([4, 5, 6], n => model.Hosts[n].InPool = false);
                        break;
                    case 24:
                        store.AddToPool(s_subnet, s_excluded);
                        model.Hosts.Values.ToList().ForEach(h => h.InPool = true);
                        break;
                    case 25 or 26:
                        Reserve(store, model, name, kind == 25 ? host : null, begin);
                        break;
                    case 27:
                        Assert.Equal(model.ReservedBy(name) is not null, store.CancelReservation(name));
                        if (model.ReservedBy(name) is { } reserved)
                        {
                            model.CancelReservation(reserved);
                        }

                        break;
                    default:
                        TakeOver(store, model, name);
                        break;
                }

                Compare(store, model);
            }

            Vms.AssertSound(store);
        }
        finally
        {
            store.Dispose();
        }
    }

    private static void Create(StateStore store, LeaseModel model, string name, DateTimeOffset begin)
    {
        CreateVmResult result = Vms.TryCreate(store, name);
        if (model.HeldBy(name) is { } holder)
        {
            Assert.Equal(Address(holder.Number), Assert.IsType<CreateVmResult.NameTaken>(result).Existing.IpAddress);
        }
        else if (model.Next(name) is { } next)
        {
            LeaseModel.Lease(next, name);
            Lease lease = Assert.IsType<CreateVmResult.Created>(result).Lease;
            Assert.Equal((Address(next.Number), next.Epoch), (lease.IpAddress, lease.Epoch));
        }
        else
        {
            Assert.Equal(At(begin, model.NextFree), Assert.IsType<CreateVmResult.PoolExhausted>(result).NextFreeAt);
        }
    }

    private static void Delete(StateStore store, LeaseModel model, string name)
    {
        if (model.HeldBy(name) is { } held)
        {
            Assert.IsType<DeleteVmResult.Deleted>(Vms.Delete(store, store.GetVm(name)!.Id));
            model.Release(held);
        }
    }

    private static void Reserve(StateStore store, LeaseModel model, string name, int? number, DateTimeOffset begin)
    {
        ReserveResult result = store.ReserveAddress(name, number is { } n ? Address(n) : null);
        LeaseModel.Host? host = number is { } given
            ? model.Hosts.GetValueOrDefault(given)
            : model.ReservedBy(name) is { InPool: true } own ? own
            : model.HeldBy(name) is { InPool: true } held ? held
            : model.Next(name);
        switch (host)
        {
            case null when number is null:
                Assert.Equal(At(begin, model.NextFree), Assert.IsType<ReserveResult.PoolExhausted>(result).NextFreeAt);
                break;
            case null or { InPool: false }:
                Assert.IsType<ReserveResult.NotInPool>(result);
                break;
            case { } taken when (taken.Holder ?? taken.ReservedFor ?? name) != name:
                Assert.Equal(taken.Holder ?? taken.ReservedFor, Assert.IsType<ReserveResult.Taken>(result).VmName);
                break;
            case { } resting when model.Rests(resting):
                Assert.Equal(At(begin, resting.FreeAt), Assert.IsType<ReserveResult.Quarantined>(result).FreeAt);
                break;
            default:
                Assert.Equal(Address(host.Number), Assert.IsType<ReserveResult.Reserved>(result).Address);
                model.Reserve(host, name);
                break;
        }
    }

    private static void TakeOver(StateStore store, LeaseModel model, string name)
    {
        if (model.HeldBy(name) is { } held)
        {
            string id = store.GetVm(name)!.Id;
            Assert.Equal(++held.Epoch, Assert.IsType<TakeOverResult.Taken>(store.TakeOverLease(id, "other")).Lease.Epoch);
            Assert.IsType<UpdateVmResult.LeaseLost>(store.UpdateVm(id, new VmChange { LeaseEpoch = held.Epoch - 1, Status = "old" }));
            Assert.IsType<UpdateVmResult.Updated>(store.UpdateVm(id, new VmChange { LeaseEpoch = held.Epoch, Status = "new" }));
        }
    }

    private static void Compare(StateStore store, LeaseModel model)
    {
        Assert.Equal(
            model.Hosts.Values.Where(h => h.Holder is not null).Select(h => (Address(h.Number), h.Holder!, h.Epoch)),
            store.ListLeases().Select(l => (l.IpAddress, store.GetVmById(l.VmId)!.Name, l.Epoch)));
        Assert.Equal(
            model.Hosts.Values.Where(h => h.ReservedFor is not null).Select(h => (h.ReservedFor!, Address(h.Number).ToString(), h.InPool)).Order(),
            store.ListReservations().Select(r => (r.VmName, r.IpAddress.ToString(), r.IsInPool)));
        (int total, int leased, int resting, int reserved) = model.Usage;
        Assert.Equal(new PoolUsage(total, leased, resting, reserved), store.PoolUsage());
    }

    private static IPAddress Address(int host) => new([10, 0, 0, (byte)host]);

    private static DateTimeOffset? At(DateTimeOffset begin, int? seconds) => seconds is { } s ? begin + TimeSpan.FromSeconds(s) : null;
}
