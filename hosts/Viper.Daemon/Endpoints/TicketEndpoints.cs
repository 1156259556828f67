using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Viper.Contracts;
using Viper.Daemon.Security;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary><c>/api/v1/vms/{name}/tickets</c>: what lets DevTools clients in that cannot send the daemon's key.</summary>
internal sealed class TicketEndpoints(IVmEngine engine, TicketSeal seal, DaemonAddresses addresses)
{
    private const string Path = "/api/v1/vms/{name}/tickets";

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, GiveAsync);
        routes.MapDelete(Path, RevokeAsync);
    }

    private Task GiveAsync(HttpContext context)
    {
        string name = RequestQuery.VmName(context);
        string ticket = seal.Make(engine.GetTicketEpoch(name));
        VmUrls urls = addresses.UrlsOf(context, name);
        string query = $"?{VmTicket.Parameter}={ticket}";
        VmTicket given = new() { Vm = name, Ticket = ticket, CdpHttp = urls.CdpHttp + query, CdpWs = urls.CdpWs + query };
        return JsonResponse.WriteAsync(
            context, StatusCodes.Status200OK, urls.CdpHttp is null ? given with { CdpHttp = null, CdpWs = null } : given, ViperJson.Readable.VmTicket);
    }

    private Task RevokeAsync(HttpContext context)
    {
        engine.RevokeTickets(RequestQuery.VmName(context));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
