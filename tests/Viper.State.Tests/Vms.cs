using System.Net;

namespace Viper.State.Tests;

/// <summary>Short ways to make, use and check VMs in tests.</summary>
internal static class Vms
{
    internal static readonly IPNetwork Subnet = IPNetwork.Parse("192.168.127.0/24");
    internal static readonly HashSet<IPAddress> Gateway = [IPAddress.Parse("192.168.127.1")];

    /// <summary>Addresses do not rest, and other processes are waited for as long as a slow machine takes.</summary>
    internal static readonly StateStoreOptions NoRest = new() { Quarantine = TimeSpan.Zero, BusyTimeout = TimeSpan.FromMinutes(2) };

    internal static NewVm New(string name) =>
        new() { Name = name, Status = "creating", Phase = "lease_ip", CpuCores = 2, MemoryMb = 1024, Image = "browser" };

    internal static CreateVmResult TryCreate(StateStore store, string name) =>
        store.CreateVm(New(name), ip => $"02:{ip}", vm => EventDraft.About("VM_CREATED", vm, $"{{\"ip\":\"{vm.IpAddress}\"}}"));

    internal static VmRecord Create(StateStore store, string name) =>
        Assert.IsType<CreateVmResult.Created>(TryCreate(store, name)).Vm;

    internal static DeleteVmResult Delete(StateStore store, string id) =>
        store.DeleteVm(id, vm => EventDraft.About("VM_DELETED", vm, $"{{\"ip\":\"{vm.IpAddress}\"}}"));

    /// <summary>Replays the log from its first event: no address was ever given to a VM while another had it.</summary>
    internal static void AssertNeverTwoHolders(StateStore store)
    {
        var holders = new Dictionary<string, string>();
        foreach (StoredEvent e in store.ReadEvents(0, int.MaxValue).Events)
        {
            string ip = e.DataJson.Split('"') is [_, "ip", _, var text, _] ? text : "";
            if (e.Type == "VM_CREATED")
            {
                Assert.True(holders.TryAdd(ip, e.VmId!), $"Event {e.Seq} gives {ip} to {e.VmId} while {holders.GetValueOrDefault(ip)} has it.");
            }
            else if (e.Type == "VM_DELETED")
            {
                Assert.Equal(e.VmId, holders[ip]);
                holders.Remove(ip);
            }
        }

        Assert.Equal(holders.Select(h => (h.Key, h.Value)).Order(), store.ListLeases().Select(l => (l.IpAddress.ToString(), l.VmId)).Order());
    }

    /// <summary>Every VM has exactly one lease, every lease a VM, event numbers have no gap, and the file is sound.</summary>
    internal static void AssertSound(StateStore store)
    {
        IReadOnlyList<VmRecord> vms = store.ListVms();
        Assert.Equal(
            vms.Select(v => (v.Id, v.IpAddress.ToString())).Order(),
            store.ListLeases().Select(l => (l.VmId, l.IpAddress.ToString())).Order());
        Assert.Equal(vms.Count, vms.Select(v => v.IpAddress).Distinct().Count());
        EventPage log = store.ReadEvents(0, int.MaxValue);
        Assert.Equal(Enumerable.Range(1, log.Events.Count).Select(i => (long)i), log.Events.Select(e => e.Seq));
        Assert.Equal(log.Events.Count, log.LastSeq);
        Assert.Equal(vms.Count, log.Events.Count(e => e.Type == "VM_CREATED") - log.Events.Count(e => e.Type == "VM_DELETED"));
        Assert.Empty(store.CheckIntegrity());
    }
}
