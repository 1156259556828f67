using Viper.Contracts;

namespace Viper.Orchestration.Admission;

/// <summary>What the VMs that are up have together, held against the limits. Not thread-safe.</summary>
internal sealed class UsedResources(EngineLimits limits, HostCapacity host)
{
    private readonly Dictionary<string, int> _ofOwner = new(StringComparer.Ordinal);
    private int _vms;
    private long _cpus;
    private long _memory;

    public int Vms => _vms;

    public void Take(VmDemand demand) => Add(demand, 1);

    public void Give(VmDemand demand) => Add(demand, -1);

    /// <summary>Whether the VM's owner has as many as one owner may.</summary>
    public Shortage? OfOwner(VmDemand demand) => Over(VmResources.OwnerVms, limits.MaxVmsPerOwner, _ofOwner.GetValueOrDefault(demand.Owner), 1);

    /// <summary>The first thing that all VMs share and that does not suffice for one more.</summary>
    public Shortage? OfAll(VmDemand demand) =>
        Over(VmResources.Vms, limits.MaxVms, _vms, 1)
        ?? Over(VmResources.CpuCores, Times(limits.CpuOvercommit, host.Cpus), _cpus, demand.CpuCores)
        ?? Over(VmResources.MemoryMb, Times(limits.MemoryOvercommit, host.MemoryMb), _memory, demand.MemoryMb)
        ?? Over(VmResources.DiskMb, Times(limits.DiskOvercommit, host.DiskMb), (long)_vms * limits.VmDiskMb, limits.VmDiskMb);

    /// <summary>Every resource with its limit and use; a limit of null is none.</summary>
    public IReadOnlyList<ResourceLimit> List() =>
    [
        Item(VmResources.Vms, limits.MaxVms, _vms),
        Item(VmResources.CpuCores, Times(limits.CpuOvercommit, host.Cpus), _cpus),
        Item(VmResources.MemoryMb, Times(limits.MemoryOvercommit, host.MemoryMb), _memory),
        Item(VmResources.DiskMb, Times(limits.DiskOvercommit, host.DiskMb), (long)_vms * limits.VmDiskMb),
    ];

    private static ResourceLimit Item(string resource, long limit, long used) => new(resource, limit > 0 ? limit : null, used);

    private static Shortage? Over(string resource, long limit, long used, long wanted) =>
        limit > 0 && used + wanted > limit ? new Shortage(resource, limit, used, wanted) : null;

    // Never 0, which would be no limit.
    private static long Times(double ratio, long amount) => ratio <= 0 ? 0 : Math.Max(1, (long)(ratio * amount));

    private void Add(VmDemand demand, int sign)
    {
        _vms += sign;
        _cpus += sign * demand.CpuCores;
        _memory += sign * demand.MemoryMb;
        int left = _ofOwner.GetValueOrDefault(demand.Owner) + sign;
        if (left == 0)
        {
            _ofOwner.Remove(demand.Owner);
        }
        else
        {
            _ofOwner[demand.Owner] = left;
        }
    }
}
