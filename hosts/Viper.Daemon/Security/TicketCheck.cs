using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Viper.Orchestration;

namespace Viper.Daemon.Security;

/// <summary>Holds a request that shows a ticket to it: it is for the DevTools of one VM, and for nothing else.</summary>
internal sealed class TicketCheck(IVmEngine engine, TicketSeal seal)
{
    /// <summary>Says what the request's ticket is worth; where it is good, the request has a <see cref="TicketGrant"/> from then on.</summary>
    internal TicketVerdict Judge(HttpContext context)
    {
        string raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (TicketedTarget.Read(raw) is not { } shown)
        {
            return TicketVerdict.None;
        }

        TicketEpoch epoch;
        try
        {
            epoch = engine.GetTicketEpoch(shown.Vm);
        }
        catch (EngineException missing) when (missing.Problem.Status == StatusCodes.Status404NotFound)
        {
            // Who has no key is not told which VMs there are.
            return TicketVerdict.Bad;
        }

        if (!seal.IsTicket(shown.Ticket, epoch))
        {
            return TicketVerdict.Bad;
        }

        context.Features.Set(new TicketGrant(epoch, shown.Target));
        return TicketVerdict.Good;
    }
}
