using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Makes the pool exactly the hosts of a subnet, without its network, broadcast and reserved addresses.</summary>
    /// <param name="subnet">An IPv4 network of /16 to /30.</param>
    /// <param name="reserved">Addresses that no VM may have, such as the bridge's own.</param>
    /// <returns>What changed; nothing when called again with the same arguments.</returns>
    /// <remarks>No VM loses its address: one that is no longer wanted leaves the pool when its VM is deleted.</remarks>
    /// <exception cref="ArgumentException">The subnet is not IPv4.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The subnet is larger or smaller than allowed.</exception>
    public SeedResult SeedPool(IPNetwork subnet, IReadOnlySet<IPAddress> reserved)
    {
        ArgumentNullException.ThrowIfNull(reserved);
        if (subnet.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"The pool needs an IPv4 network, not {subnet}.", nameof(subnet));
        }

        if (subnet.PrefixLength is < 16 or > 30)
        {
            throw new ArgumentOutOfRangeException(nameof(subnet), subnet, "The pool needs a network of /16 to /30.");
        }

        HashSet<uint> wanted = Hosts(subnet, reserved);
        return Write("seed the address pool", session => Seed(session, wanted));
    }

    /// <summary>Counts the addresses of the pool.</summary>
    public PoolUsage PoolUsage() => Read("count the addresses", Usage);

    /// <summary>Lists the addresses that VMs hold, lowest first.</summary>
    public IReadOnlyList<Lease> ListLeases() => Read("list the leases", static session =>
    {
        var leases = new List<Lease>();
        using SqliteDataReader reader = session.Command(
            "SELECT ip_address, vm_id, owner, epoch, leased_at FROM ip_allocations WHERE vm_id IS NOT NULL ORDER BY ip_number").Query();
        while (reader.Read())
        {
            leases.Add(new Lease(IPAddress.Parse(reader.GetString(0)), reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetInt64(3), Times.FromNumber(reader.GetInt64(4))));
        }

        return leases;
    });

    private static HashSet<uint> Hosts(IPNetwork subnet, IReadOnlySet<IPAddress> reserved)
    {
        uint network = Number(subnet.BaseAddress);
        uint broadcast = network + (uint)((1UL << (32 - subnet.PrefixLength)) - 1);
        var hosts = new HashSet<uint>();
        for (uint n = network + 1; n < broadcast; n++)
        {
            hosts.Add(n);
        }

        foreach (IPAddress address in reserved)
        {
            if (address.AddressFamily == AddressFamily.InterNetwork)
            {
                hosts.Remove(Number(address));
            }
        }

        return hosts;
    }

    private static SeedResult Seed(Session session, HashSet<uint> wanted)
    {
        var known = new List<(uint Number, bool Leased, bool Retired)>();
        using (SqliteDataReader reader = session.Command(
            "SELECT ip_number, vm_id IS NOT NULL, retired FROM ip_allocations").Query())
        {
            while (reader.Read())
            {
                known.Add(((uint)reader.GetInt64(0), reader.GetBoolean(1), reader.GetBoolean(2)));
            }
        }

        int added = 0, removed = 0, retired = 0;
        foreach ((uint number, bool leased, bool wasRetired) in known)
        {
            bool keep = wanted.Remove(number);
            if (!keep && !leased)
            {
                session.Command("DELETE FROM ip_allocations WHERE ip_number = $number").Set("$number", number).Run();
                removed++;
            }
            else if (keep == wasRetired)
            {
                session.Command("UPDATE ip_allocations SET retired = $retired WHERE ip_number = $number")
                    .Set("$retired", keep ? 0 : 1).Set("$number", number).Run();
                added += keep ? 1 : 0;
                retired += keep ? 0 : 1;
            }
        }

        foreach (uint number in wanted)
        {
            session.Command("INSERT INTO ip_allocations (ip_number, ip_address) VALUES ($number, $address)")
                .Set("$number", number).Set("$address", Address(number).ToString()).Run();
            added++;
        }

        return new SeedResult(added, removed, retired);
    }

    private static PoolUsage Usage(Session session)
    {
        using SqliteDataReader reader = session.Command("SELECT count(*), count(vm_id) FROM ip_allocations").Query();
        reader.Read();
        return new PoolUsage(reader.GetInt32(0), reader.GetInt32(1));
    }

    private static uint? LowestFree(Session session)
    {
        using SqliteDataReader reader = session.Command(
            "SELECT ip_number FROM ip_allocations WHERE status = 'free' ORDER BY ip_number LIMIT 1").Query();
        return reader.Read() ? (uint)reader.GetInt64(0) : null;
    }

    private static void Acquire(Session session, uint number, VmRecord vm, string? owner) => session.Command(
        "UPDATE ip_allocations SET status = 'leased', vm_id = $vm, owner = $owner, leased_at = $now, epoch = epoch + 1 " +
        "WHERE ip_number = $number")
        .Set("$vm", vm.Id).Set("$owner", owner).Set("$now", vm.CreatedAt.ToUnixTimeMilliseconds()).Set("$number", number).Run();

    /// <summary>Frees the VM's address; the row of a retired one goes with <see cref="DropRetired"/>.</summary>
    private static bool Release(Session session, string vmId)
    {
        bool retired = session.Command("SELECT coalesce(max(retired), 0) FROM ip_allocations WHERE vm_id = $vm")
            .Set("$vm", vmId).Number() != 0;
        session.Command(
            "UPDATE ip_allocations SET status = 'free', vm_id = NULL, owner = NULL, leased_at = NULL, retired = 0 WHERE vm_id = $vm")
            .Set("$vm", vmId).Run();
        return retired;
    }

    private static void DropRetired(Session session, IPAddress address) =>
        session.Command("DELETE FROM ip_allocations WHERE ip_number = $number").Set("$number", Number(address)).Run();

    private static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
