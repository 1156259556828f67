using System.Net;
using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Makes the pool exactly the hosts of a subnet, without its network, broadcast and excluded addresses.</summary>
    /// <param name="subnet">An IPv4 network of /16 to /30.</param>
    /// <param name="excluded">Addresses that no VM may have, such as the bridge's own.</param>
    /// <returns>As of the other overload.</returns>
    /// <exception cref="ArgumentException">As of the other overload.</exception>
    public SeedResult SeedPool(IPNetwork subnet, IReadOnlySet<IPAddress> excluded) => SeedPool([subnet], excluded);

    /// <summary>Makes the pool exactly the hosts of subnets, without their network, broadcast and excluded addresses.</summary>
    /// <param name="subnets">IPv4 networks of /16 to /30 that do not overlap; none empties the pool.</param>
    /// <param name="excluded">Addresses that no VM may have, such as the bridge's own.</param>
    /// <returns>What changed; nothing when called again with the same arguments.</returns>
    /// <remarks>No VM loses its address: one that is no longer wanted leaves the pool when its VM is deleted.</remarks>
    /// <exception cref="ArgumentException">A subnet is not IPv4, or two overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A subnet is larger or smaller than allowed.</exception>
    public SeedResult SeedPool(IReadOnlyCollection<IPNetwork> subnets, IReadOnlySet<IPAddress> excluded)
    {
        ArgumentNullException.ThrowIfNull(subnets);
        ArgumentNullException.ThrowIfNull(excluded);
        HashSet<uint> wanted = Addresses.Hosts(subnets, excluded);
        return Write("seed the address pool", session =>
        {
            List<uint> present = InPool(session, 0, uint.MaxValue);
            SeedResult left = Exclude(session, present.Where(n => !wanted.Contains(n)));
            wanted.ExceptWith(present);
            return left with { Added = Include(session, wanted) };
        });
    }

    /// <summary>Adds the hosts of a subnet to the pool, without its network, broadcast and excluded addresses.</summary>
    /// <param name="subnet">An IPv4 network of /16 to /30.</param>
    /// <param name="excluded">Addresses that no VM may have.</param>
    /// <returns>What changed; nothing when called again with the same arguments.</returns>
    /// <remarks>An address that comes back has its epoch, its reservation and what is left of its quarantine.</remarks>
    /// <exception cref="ArgumentException">The subnet is not IPv4.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The subnet is larger or smaller than allowed.</exception>
    public SeedResult AddToPool(IPNetwork subnet, IReadOnlySet<IPAddress> excluded)
    {
        ArgumentNullException.ThrowIfNull(excluded);
        HashSet<uint> wanted = Addresses.Hosts([subnet], excluded);
        return Write("enlarge the address pool", session =>
        {
            (uint first, uint last) = Addresses.Range(subnet);
            wanted.ExceptWith(InPool(session, first, last));
            return new SeedResult(Include(session, wanted), 0, 0);
        });
    }

    /// <summary>Takes every address of a range out of the pool.</summary>
    /// <param name="range">An IPv4 network of any size.</param>
    /// <returns>What changed; nothing when called again with the same argument.</returns>
    /// <remarks>No VM loses its address: a leased one leaves the pool when its VM is deleted.</remarks>
    /// <exception cref="ArgumentException">The range is not IPv4.</exception>
    public SeedResult RemoveFromPool(IPNetwork range)
    {
        (uint first, uint last) = Addresses.Range(range);
        return Write("shrink the address pool", session => Exclude(session, InPool(session, first, last)));
    }

    /// <summary>Counts the addresses of the pool.</summary>
    public PoolUsage PoolUsage() => Read("count the addresses", Usage);

    private static List<uint> InPool(Session session, uint first, uint last)
    {
        var numbers = new List<uint>();
        using Rows row = session.Command("SELECT ip_number FROM ip_allocations WHERE ip_number BETWEEN $first AND $last AND retired = 0")
            .Set("$first", first).Set("$last", last).Query();
        while (row.Read())
        {
            numbers.Add((uint)row.Number(0));
        }

        return numbers;
    }

    /// <summary>Forgets addresses that nobody ever had, and retires the others.</summary>
    private static SeedResult Exclude(Session session, IEnumerable<uint> numbers)
    {
        int removed = 0, retired = 0;
        foreach (uint number in numbers)
        {
            int gone = session.Command(
                "DELETE FROM ip_allocations WHERE ip_number = $number AND epoch = 0 AND reserved_for IS NULL").Set("$number", number).Run();
            if (gone == 0)
            {
                gone = session.Command("UPDATE ip_allocations SET status = 'retired', retired = 1 WHERE ip_number = $number AND vm_id IS NULL")
                    .Set("$number", number).Run();
            }

            if (gone == 0)
            {
                retired += session.Command("UPDATE ip_allocations SET retired = 1 WHERE ip_number = $number").Set("$number", number).Run();
            }

            removed += gone;
        }

        return new SeedResult(0, removed, retired);
    }

    private int Include(Session session, HashSet<uint> numbers)
    {
        long now = _steady.Now.ToUnixTimeMilliseconds();
        foreach (uint number in numbers)
        {
            session.Command(
                "INSERT INTO ip_allocations (ip_number, ip_address) VALUES ($number, $address) ON CONFLICT (ip_number) DO UPDATE SET " +
                "retired = 0, status = CASE WHEN status = 'leased' THEN 'leased' " +
                "WHEN free_at > $now AND reserved_for IS NULL THEN 'quarantined' ELSE 'free' END")
                .Set("$number", number).Set("$address", Addresses.Address(number).ToString()).Set("$now", now).Run();
        }

        return numbers.Count;
    }

    private PoolUsage Usage(Session session)
    {
        using Rows row = session.Command(
            "SELECT count(*), count(vm_id), count(*) FILTER (WHERE status = 'quarantined' AND free_at > $now), " +
            "count(*) FILTER (WHERE status = 'free' AND reserved_for IS NOT NULL) FROM ip_allocations WHERE status <> 'retired'")
            .Set("$now", _steady.Now.ToUnixTimeMilliseconds()).Query();
        row.Read();
        return new PoolUsage((int)row.Number(0), (int)row.Number(1), (int)row.Number(2), (int)row.Number(3));
    }
}
