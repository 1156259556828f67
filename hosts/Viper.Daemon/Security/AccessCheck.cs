using Microsoft.AspNetCore.Http;
using Viper.Contracts;
using Viper.Daemon.Endpoints;

namespace Viper.Daemon.Security;

/// <summary>Stands before every route: the caller's address, the Host, the Origin, the ticket or the key, in that order.</summary>
internal sealed class AccessCheck(HostAllowList hosts, PeerRange peers, ApiKey? key, TicketCheck tickets)
{
    internal Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Refuse(context) is not { } problem)
        {
            return next(context);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"viper\"";
        }

        return ProblemResponse.WriteAsync(context, problem);
    }

    private Problem? Refuse(HttpContext context)
    {
        // A unix socket is guarded by the file's mode and has no name that DNS could point elsewhere.
        bool isTcp = context.Connection.LocalIpAddress is not null;
        if (isTcp && !peers.Allows(context.Connection.RemoteIpAddress))
        {
            return Problem.Create(403, ProblemCodes.Forbidden, "Your address is outside the networks that this daemon serves (VIPER_API_ALLOW_CIDR).");
        }

        if (isTcp && !hosts.AllowsHost(context.Request.Host.Value))
        {
            return Problem.Create(403, ProblemCodes.ForbiddenHost, "The Host header does not name this daemon; use localhost, 127.0.0.1, [::1] or a name in VIPER_API_HOSTS.");
        }

        if (context.Request.Headers.TryGetValue("Origin", out var origin) && !(origin.Count == 1 && hosts.AllowsOrigin(origin.ToString())))
        {
            return Problem.Create(403, ProblemCodes.ForbiddenOrigin, "Web pages of other origins may not call this daemon.");
        }

        // Whoever shows a ticket is held to it, key or not: it may have been revoked.
        switch (tickets.Judge(context))
        {
            case TicketVerdict.Good:
                return null;
            case TicketVerdict.Bad:
                return TicketGrant.Refusal;
        }

        return key is null || context.Request.Path == "/healthz" || key.Admits(context.Request)
            ? null
            : Problem.Create(401, ProblemCodes.Unauthorized, "This daemon asks for its key, as 'Authorization: Bearer KEY' or as 'X-API-Key: KEY'; viper takes it from VIPER_API_KEY.");
    }
}
