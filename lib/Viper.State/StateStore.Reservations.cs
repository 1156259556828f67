using System.Net;
using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Keeps an address for the VM of a name, in place of an earlier one that was kept for it.</summary>
    /// <param name="vmName">The name; there need not be such a VM yet, and a living one keeps the address that it has.</param>
    /// <param name="address">
    /// Which address; null for the one that is reserved for it already, else its VM's own, else the lowest free one.
    /// </param>
    /// <remarks>A reserved address does not rest between two VMs, for both have the same name.</remarks>
    /// <exception cref="ArgumentException">The name is empty, or the address is not IPv4.</exception>
    public ReserveResult ReserveAddress(string vmName, IPAddress? address = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(vmName);
        uint? wanted = address is null ? null : Addresses.Number(address);
        return Write<ReserveResult>("reserve an address", session =>
        {
            if ((wanted ?? PresentAddress(session, vmName) ?? FindAddress(session, vmName)?.Number) is not { } number)
            {
                return new ReserveResult.PoolExhausted(Usage(session), NextFree(session));
            }

            if (WhyNot(session, number, vmName) is { } refusal)
            {
                return refusal;
            }

            DropReservation(session, vmName, number);
            session.Command("UPDATE ip_allocations SET reserved_for = $name WHERE ip_number = $number")
                .Set("$name", vmName).Set("$number", number).Run();
            return new ReserveResult.Reserved(Addresses.Address(number));
        });
    }

    /// <summary>Gives up the address that is kept for the VM of a name; a living VM keeps it until its end.</summary>
    /// <param name="vmName">The name.</param>
    /// <returns>Whether there was one.</returns>
    public bool CancelReservation(string vmName)
    {
        ArgumentException.ThrowIfNullOrEmpty(vmName);
        return Write("cancel a reservation", session => DropReservation(session, vmName, except: 0));
    }

    /// <summary>Lists the addresses that are kept for VMs of certain names, by name.</summary>
    public IReadOnlyList<Reservation> ListReservations() => Read("list the reservations", static session =>
    {
        var reservations = new List<Reservation>();
        using Rows row = session.Command(
            "SELECT reserved_for, ip_address, retired FROM ip_allocations WHERE reserved_for IS NOT NULL ORDER BY reserved_for").Query();
        while (row.Read())
        {
            reservations.Add(new Reservation(row.Text(0), row.Address(1), row.Number(2) == 0));
        }

        return reservations;
    });

    /// <summary>The address that is reserved for the name, else that of its VM.</summary>
    private static uint? PresentAddress(Session session, string vmName) => (uint?)(
        session.Command("SELECT ip_number FROM ip_allocations WHERE reserved_for = $name AND retired = 0").Set("$name", vmName).NumberOrNull()
        ?? session.Command("SELECT ip_number FROM ip_allocations JOIN vms ON vms.id = vm_id WHERE vms.name = $name AND retired = 0")
            .Set("$name", vmName).NumberOrNull());

    private ReserveResult? WhyNot(Session session, uint number, string vmName)
    {
        EndQuarantines(session);
        IPAddress address = Addresses.Address(number);
        using Rows row = session.Command(
            "SELECT a.retired, a.status, a.free_at, coalesce(v.name, a.reserved_for) FROM ip_allocations a " +
            "LEFT JOIN vms v ON v.id = a.vm_id WHERE a.ip_number = $number").Set("$number", number).Query();
        if (!row.Read() || row.Number(0) != 0)
        {
            return new ReserveResult.NotInPool(address);
        }

        return row.TextOrNull(3) is { } holder && holder != vmName ? new ReserveResult.Taken(address, holder)
            : row.Text(1) == "quarantined" ? new ReserveResult.Quarantined(address, row.Time(2))
            : null;
    }

    /// <summary>The address rests before anybody else has it, for its VM may have ended a moment ago.</summary>
    private bool DropReservation(Session session, string vmName, uint except)
    {
        bool rests = _options.Quarantine > TimeSpan.Zero;
        return session.Command(
            "UPDATE ip_allocations SET reserved_for = NULL, " +
            "status = CASE WHEN status = 'free' AND epoch > 0 AND $free_at IS NOT NULL THEN 'quarantined' ELSE status END, " +
            "free_at = CASE WHEN status IN ('free', 'retired') AND epoch > 0 THEN $free_at END " +
            "WHERE reserved_for = $name AND ip_number <> $except")
            .Set("$free_at", rests ? (_steady.Now + _options.Quarantine).ToUnixTimeMilliseconds() : null)
            .Set("$name", vmName).Set("$except", except).Run() != 0;
    }
}
