using System.Net;
using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Leases the address reserved for the name, else the lowest free one, inserts the VM and appends its event, in one transaction.</summary>
    /// <param name="vm">What the creator decides.</param>
    /// <param name="macFor">Gives the MAC address for the leased address.</param>
    /// <param name="draft">Drafts the event about the new row.</param>
    /// <param name="begin">A long request that begins with the VM, in the same transaction; it is about this VM whatever it says.</param>
    /// <exception cref="ArgumentException">A field of <paramref name="vm"/>, or the kind of <paramref name="begin"/>, is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">CPUs or memory are less than 1.</exception>
    public CreateVmResult CreateVm(NewVm vm, Func<IPAddress, string> macFor, Func<VmRecord, EventDraft> draft, NewOperation? begin = null)
    {
        ArgumentNullException.ThrowIfNull(vm);
        ArgumentNullException.ThrowIfNull(macFor);
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentException.ThrowIfNullOrEmpty(vm.Name, nameof(vm));
        ArgumentException.ThrowIfNullOrEmpty(vm.Status, nameof(vm));
        ArgumentException.ThrowIfNullOrEmpty(vm.Image, nameof(vm));
        ArgumentOutOfRangeException.ThrowIfLessThan(vm.CpuCores, 1, nameof(vm));
        ArgumentOutOfRangeException.ThrowIfLessThan(vm.MemoryMb, 1, nameof(vm));
        Check(begin);
        return Write<CreateVmResult>("create a VM", session =>
        {
            if (FindAddress(session, vm.Name) is not { } address)
            {
                return ByName(session, vm.Name) is { } holder
                    ? new CreateVmResult.NameTaken(holder)
                    : new CreateVmResult.PoolExhausted(Usage(session), NextFree(session));
            }

            VmRecord created = NewRecord(vm, Addresses.Address(address.Number), macFor);
            if (!VmRows.TryInsert(session, created))
            {
                return new CreateVmResult.NameTaken(ByName(session, vm.Name)!);
            }

            Lease lease = Acquire(session, address.Number, address.Epoch, created, vm.Owner);
            return new CreateVmResult.Created(created, lease, Append(session, draft(created)), Begin(session, begin, created));
        });
    }

    /// <summary>Gets the VM of a name, or null.</summary>
    /// <param name="name">The name.</param>
    public VmRecord? GetVm(string name) => Read("read a VM", session => ByName(session, name));

    /// <summary>Gets the VM of an id, or null.</summary>
    /// <param name="id">The id.</param>
    public VmRecord? GetVmById(string id) => Read("read a VM", session => ById(session, id));

    /// <summary>Lists VMs by name.</summary>
    /// <param name="query">Which ones; all by default.</param>
    public IReadOnlyList<VmRecord> ListVms(VmQuery? query = null)
    {
        query ??= new VmQuery();
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        return Read("list the VMs", session => VmRows.ReadMany(session.Command(VmRows.SelectMany)
            .Set("$after", query.AfterName ?? "").Set("$status", query.Status).Set("$limit", query.Limit)));
    }

    /// <summary>Counts the VMs.</summary>
    /// <param name="status">Only those of this status; null means all.</param>
    public int CountVms(string? status = null) => Read("count the VMs", session => (int)session.Command(
        "SELECT count(*) FROM vms WHERE $status IS NULL OR status = $status").Set("$status", status).Number());

    /// <summary>Changes a VM and appends an event about it, in one transaction.</summary>
    /// <param name="id">The VM's id.</param>
    /// <param name="change">What to change.</param>
    /// <param name="draft">Drafts the event about the changed row; null appends none.</param>
    /// <param name="begin">A long request that begins with the change, in the same transaction; it is about this VM whatever it says.</param>
    /// <param name="end">A long request that ends with the change, in the same transaction; one that has ended already, or is not there, stays as it is.</param>
    /// <exception cref="ArgumentException">The kind of <paramref name="begin"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The status of <paramref name="end"/> is no end.</exception>
    /// <remarks>A change that changes nothing leaves revision and time as they are; its event is appended all the same.</remarks>
    public UpdateVmResult UpdateVm(
        string id, VmChange change, Func<VmRecord, EventDraft>? draft = null, NewOperation? begin = null, OperationEnd? end = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(change);
        Check(begin);
        Check(end);
        return Write<UpdateVmResult>("change a VM", session =>
        {
            if (ById(session, id) is not { } current)
            {
                return new UpdateVmResult.NotFound();
            }

            if (change.ExpectedRevision is { } expected && expected != current.Revision)
            {
                return new UpdateVmResult.RevisionMismatch(current);
            }

            if (LostLease(session, id, change.LeaseEpoch) is { } lost)
            {
                return new UpdateVmResult.LeaseLost(lost);
            }

            VmRecord changed = change.ApplyTo(current);
            if (changed != current)
            {
                changed = changed with { Revision = current.Revision + 1, UpdatedAt = Now };
                VmRows.Update(session, changed);
            }

            if (end is not null)
            {
                OperationRows.End(session, end, Now);
            }

            return new UpdateVmResult.Updated(changed, draft is null ? null : Append(session, draft(changed)), Begin(session, begin, changed));
        });
    }

    /// <summary>Deletes a VM, releases its address and appends an event about it, in one transaction.</summary>
    /// <param name="id">The VM's id.</param>
    /// <param name="draft">Drafts the event about the row as it was last.</param>
    /// <param name="leaseEpoch">The epoch of the lease that the caller holds; another one in the database refuses. Null deletes in any case.</param>
    public DeleteVmResult DeleteVm(string id, Func<VmRecord, EventDraft> draft, long? leaseEpoch = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(draft);
        return Write<DeleteVmResult>("delete a VM", session =>
        {
            if (ById(session, id) is not { } vm)
            {
                return new DeleteVmResult.NotFound();
            }

            if (LostLease(session, id, leaseEpoch) is { } lost)
            {
                return new DeleteVmResult.LeaseLost(lost);
            }

            Release(session, id);
            session.Command("DELETE FROM vms WHERE id = $id").Set("$id", id).Run();
            return new DeleteVmResult.Deleted(vm, Append(session, draft(vm)));
        });
    }

    private static VmRecord? ByName(Session session, string name) =>
        VmRows.ReadOne(session.Command(VmRows.SelectByName).Set("$name", name));

    private static VmRecord? ById(Session session, string id) =>
        VmRows.ReadOne(session.Command(VmRows.SelectById).Set("$id", id));

    private VmRecord NewRecord(NewVm vm, IPAddress address, Func<IPAddress, string> macFor)
    {
        DateTimeOffset now = Now;
        return new VmRecord
        {
            Id = _ids.Next("vm_"),
            Name = vm.Name,
            Status = vm.Status,
            Phase = vm.Phase,
            CpuCores = vm.CpuCores,
            MemoryMb = vm.MemoryMb,
            Image = vm.Image,
            KernelCmdline = vm.KernelCmdline,
            LabelsJson = vm.LabelsJson,
            SpecJson = vm.SpecJson,
            IpAddress = address,
            MacAddress = macFor(address),
            Hypervisor = vm.Hypervisor,
            TapName = vm.TapName,
            Revision = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }
}
