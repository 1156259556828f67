using Microsoft.AspNetCore.Http;
using Viper.Contracts;
using Viper.Daemon.Endpoints;
using Viper.Orchestration;

namespace Viper.Daemon.Security;

/// <summary>That a request showed a good ticket, and what is left of the request without it.</summary>
/// <param name="Epoch">The VM that the ticket is for.</param>
/// <param name="Target">The path and query for the agent.</param>
internal sealed record TicketGrant(TicketEpoch Epoch, string Target)
{
    /// <summary>What whoever shows a ticket that does not hold is told.</summary>
    internal static Problem Refusal { get; } = Problem.Create(
        401, ProblemCodes.TicketRefused, "The ticket is none of this VM, or was revoked; ask for another: 'viper vms ticket NAME'.");

    /// <summary>The grant of a request; null where it showed no ticket.</summary>
    internal static TicketGrant? Of(HttpContext context) => context.Features.Get<TicketGrant>();

    /// <summary>Throws where the ticket has been revoked meanwhile, or the VM that is there now is another of the name.</summary>
    internal void RequireStill(string vmId)
    {
        if (Epoch.VmId != vmId || Epoch.Revoked.IsCancellationRequested)
        {
            throw new ProblemException(Refusal);
        }
    }
}
