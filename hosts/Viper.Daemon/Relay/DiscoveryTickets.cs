using Microsoft.AspNetCore.Http;
using Viper.Daemon.Security;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>The tickets in the addresses that discovery answers: clients carry over neither the query they were given nor, all of them, their headers.</summary>
/// <param name="engine">The VMs.</param>
/// <param name="seal">What makes tickets.</param>
/// <param name="isKeyAsked">Whether an address without a ticket is of no use to who cannot send the key.</param>
internal sealed class DiscoveryTickets(IVmEngine engine, TicketSeal seal, bool isKeyAsked)
{
    /// <summary>The ticket for the addresses of a VM; null where they need none.</summary>
    /// <remarks>Whoever came by a ticket gets that one, not a newer one in place of one that is revoked just now.</remarks>
    internal string? Find(HttpContext context, string name) =>
        TicketGrant.Of(context) is { } grant ? seal.Make(grant.Epoch)
        : isKeyAsked ? seal.Make(engine.GetTicketEpoch(name))
        : null;
}
