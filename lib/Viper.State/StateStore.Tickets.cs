using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Gets how often the tickets of a VM were revoked; 0 for a VM of which none were, and where there is no such VM.</summary>
    /// <param name="vmId">The VM's id.</param>
    public long GetTicketEpoch(string vmId)
    {
        ArgumentNullException.ThrowIfNull(vmId);
        return Read("read the tickets' epoch", session => TicketEpoch(session, vmId));
    }

    /// <summary>Counts the tickets' epoch of a VM up, so that those of before can be told apart; returns the new one, or null where there is no such VM.</summary>
    /// <param name="vmId">The VM's id.</param>
    public long? RevokeTickets(string vmId)
    {
        ArgumentNullException.ThrowIfNull(vmId);
        return Write<long?>("revoke tickets", session =>
        {
            if (ById(session, vmId) is null)
            {
                return null;
            }

            session.Command("INSERT INTO tickets (vm_id, epoch) VALUES ($vm, 1) ON CONFLICT (vm_id) DO UPDATE SET epoch = epoch + 1")
                .Set("$vm", vmId).Run();
            return TicketEpoch(session, vmId);
        });
    }

    private static long TicketEpoch(Session session, string vmId) =>
        session.Command("SELECT coalesce(max(epoch), 0) FROM tickets WHERE vm_id = $vm").Set("$vm", vmId).Number();
}
