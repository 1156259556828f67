using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    private const string SelectLease = "SELECT ip_address, vm_id, owner, epoch, leased_at FROM ip_allocations";

    /// <summary>Lists the addresses that VMs hold, lowest first.</summary>
    public IReadOnlyList<Lease> ListLeases() => Read("list the leases", static session =>
    {
        var leases = new List<Lease>();
        using Rows row = session.Command($"{SelectLease} WHERE vm_id IS NOT NULL ORDER BY ip_number").Query();
        while (row.Read())
        {
            leases.Add(ReadLease(row));
        }

        return leases;
    });

    /// <summary>Gets the lease of a VM, or null where there is no such VM.</summary>
    /// <param name="vmId">The VM's id.</param>
    public Lease? GetLease(string vmId)
    {
        ArgumentNullException.ThrowIfNull(vmId);
        return Read("read a lease", session => LeaseOf(session, vmId));
    }

    /// <summary>Takes a lease over: from now on whoever names an earlier epoch of it is refused.</summary>
    /// <param name="vmId">The VM's id.</param>
    /// <param name="owner">Who holds the lease from now on.</param>
    /// <param name="expectedEpoch">The epoch that the caller has seen; another one in the database refuses. Null takes it over in any case.</param>
    public TakeOverResult TakeOverLease(string vmId, string? owner, long? expectedEpoch = null)
    {
        ArgumentNullException.ThrowIfNull(vmId);
        return Write<TakeOverResult>("take over a lease", session =>
        {
            if (LeaseOf(session, vmId) is not { } lease)
            {
                return new TakeOverResult.NotFound();
            }

            if (expectedEpoch is { } expected && expected != lease.Epoch)
            {
                return new TakeOverResult.LeaseLost(lease);
            }

            session.Command("UPDATE ip_allocations SET epoch = epoch + 1, owner = $owner WHERE vm_id = $vm")
                .Set("$owner", owner).Set("$vm", vmId).Run();
            return new TakeOverResult.Taken(lease with { Owner = owner, Epoch = lease.Epoch + 1 });
        });
    }

    private static Lease? LeaseOf(Session session, string vmId)
    {
        using Rows row = session.Command($"{SelectLease} WHERE vm_id = $vm").Set("$vm", vmId).Query();
        return row.Read() ? ReadLease(row) : null;
    }

    /// <summary>Gives the VM's lease if its epoch is another one than the caller named.</summary>
    private static Lease? LostLease(Session session, string vmId, long? epoch) =>
        epoch is { } held && LeaseOf(session, vmId) is { } lease && lease.Epoch != held ? lease : null;

    private static Lease ReadLease(in Rows row) => new(row.Address(0), row.Text(1), row.TextOrNull(2), row.Number(3), row.Time(4));

    /// <summary>The address for a VM of this name: the one that is reserved for it, else the lowest free one; and its epoch.</summary>
    private (uint Number, long Epoch)? FindAddress(Session session, string vmName)
    {
        EndQuarantines(session);
        return Address(session.Command(
                "SELECT ip_number, epoch FROM ip_allocations WHERE reserved_for = $name AND status = 'free'").Set("$name", vmName))
            ?? Address(session.Command(
                "SELECT ip_number, epoch FROM ip_allocations WHERE status = 'free' AND reserved_for IS NULL ORDER BY ip_number LIMIT 1"));

        static (uint, long)? Address(Statement statement)
        {
            using Rows row = statement.Query();
            return row.Read() ? ((uint)row.Number(0), row.Number(1)) : null;
        }
    }

    /// <summary>When the first of the resting addresses is free; null where none rests.</summary>
    private static DateTimeOffset? NextFree(Session session) =>
        session.Command("SELECT min(free_at) FROM ip_allocations WHERE status = 'quarantined'").NumberOrNull() is { } next
            ? Times.FromNumber(next)
            : null;

    private void EndQuarantines(Session session)
    {
        DateTimeOffset now = _steady.Now;
        if (NextFree(session) <= now)
        {
            session.Command("UPDATE ip_allocations SET status = 'free', free_at = NULL WHERE status = 'quarantined' AND free_at <= $now")
                .Set("$now", now.ToUnixTimeMilliseconds()).Run();
        }
    }

    /// <summary>A clock that was set back, or a shorter setting, must not keep addresses for longer than one quarantine.</summary>
    private void LimitQuarantines()
    {
        long latest = (_steady.Now + _options.Quarantine).ToUnixTimeMilliseconds();
        const string Later = "FROM ip_allocations WHERE free_at > $latest";
        if (Read("read the quarantines", session => session.Command($"SELECT count(*) {Later}").Set("$latest", latest).Number()) > 0)
        {
            Write("shorten the quarantines", session => session.Command(
                "UPDATE ip_allocations SET free_at = $latest WHERE free_at > $latest").Set("$latest", latest).Run());
        }
    }

    private static Lease Acquire(Session session, uint number, long epoch, VmRecord vm, string? owner)
    {
        session.Command(
            "UPDATE ip_allocations SET status = 'leased', vm_id = $vm, owner = $owner, leased_at = $now, epoch = $epoch WHERE ip_number = $number")
            .Set("$vm", vm.Id).Set("$owner", owner).Set("$now", vm.CreatedAt.ToUnixTimeMilliseconds())
            .Set("$epoch", epoch + 1).Set("$number", number).Run();
        return new Lease(vm.IpAddress, vm.Id, owner, epoch + 1, vm.CreatedAt);
    }

    /// <summary>Gives the VM's address back: to its reservation, else through the quarantine, or out of the pool where it was retired.</summary>
    private void Release(Session session, string vmId)
    {
        long? freeAt = _options.Quarantine > TimeSpan.Zero ? (_steady.Now + _options.Quarantine).ToUnixTimeMilliseconds() : null;
        session.Command(
            "UPDATE ip_allocations SET vm_id = NULL, owner = NULL, leased_at = NULL, " +
            "status = CASE WHEN retired = 1 THEN 'retired' WHEN $free_at IS NULL OR reserved_for IS NOT NULL THEN 'free' ELSE 'quarantined' END, " +
            "free_at = CASE WHEN reserved_for IS NULL THEN $free_at END WHERE vm_id = $vm")
            .Set("$free_at", freeAt).Set("$vm", vmId).Run();
    }
}
