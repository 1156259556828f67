using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Viper.State.Tests;

/// <summary>Random creations, deletions and reopenings, compared with a model of sixteen lines.</summary>
public sealed class LeaseModelTests
{
    private const int Names = 9;
    private static readonly IPNetwork s_subnet = IPNetwork.Parse("10.0.0.0/29");
    private static readonly HashSet<IPAddress> s_reserved = [IPAddress.Parse("10.0.0.3")];

    [Fact]
    public void Leases_RandomWalk_FollowTheModel()
    {
        // 0..8 create that name, 9..17 delete it, 18 reopens the store.
        Arbitrary<int[]> walks = Gen.Choose(0, 2 * Names).ArrayOf(60).ToArbitrary();
        Prop.ForAll(walks, Follow).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(60));
    }

    private static void Follow(int[] walk)
    {
        using var folder = new StateFolder(inMemory: true);
        StateStore store = StateStore.Open(folder.Database, Vms.NoRest);
        try
        {
            store.SeedPool(s_subnet, s_reserved);
            var free = new SortedSet<int> { 1, 2, 4, 5, 6 };
            var held = new Dictionary<string, (string Id, int Host)>();
            foreach (int step in walk)
            {
                string name = $"v{step % Names}";
                if (step == 2 * Names)
                {
                    store.Dispose();
                    store = StateStore.Open(folder.Database, Vms.NoRest);
                    store.SeedPool(s_subnet, s_reserved);
                }
                else if (step < Names)
                {
                    Create(store, name, free, held);
                }
                else if (held.Remove(name, out (string Id, int Host) gone))
                {
                    Assert.IsType<DeleteVmResult.Deleted>(Vms.Delete(store, gone.Id));
                    free.Add(gone.Host);
                }

                Assert.Equal(
                    held.Values.Select(h => (h.Id, $"10.0.0.{h.Host}")).Order(),
                    store.ListLeases().Select(l => (l.VmId, l.IpAddress.ToString())).Order());
            }

            Vms.AssertSound(store);
        }
        finally
        {
            store.Dispose();
        }
    }

    private static void Create(StateStore store, string name, SortedSet<int> free, Dictionary<string, (string Id, int Host)> held)
    {
        CreateVmResult result = Vms.TryCreate(store, name);
        if (held.TryGetValue(name, out (string Id, int Host) holder))
        {
            Assert.Equal(holder.Id, Assert.IsType<CreateVmResult.NameTaken>(result).Existing.Id);
        }
        else if (free.Count == 0)
        {
            Assert.IsType<CreateVmResult.PoolExhausted>(result);
        }
        else
        {
            VmRecord vm = Assert.IsType<CreateVmResult.Created>(result).Vm;
            Assert.Equal($"10.0.0.{free.Min}", vm.IpAddress.ToString());
            held.Add(name, (vm.Id, free.Min));
            free.Remove(free.Min);
        }
    }
}
