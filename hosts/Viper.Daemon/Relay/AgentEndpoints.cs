using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Viper.Daemon.Endpoints;
using Viper.Daemon.Security;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary><c>/api/v1/vms/{name}/agent/…</c>: everything below it is the agent's, DevTools included.</summary>
internal sealed class AgentEndpoints(IVmEngine engine, AgentHttpRelay http, DevToolsSocketRelay sockets, CancellationToken stopping)
{
    internal void Map(IEndpointRouteBuilder routes) => routes.Map("/api/v1/vms/{name}/agent/{**path}", RelayAsync);

    private async Task RelayAsync(HttpContext context)
    {
        string name = RequestQuery.VmName(context);
        AgentAddress agent = engine.GetAgent(name);
        CancellationToken runEnd = engine.GetRunEnd(name);
        TicketGrant.Of(context)?.RequireStill(engine.Get(name).Id);
        if (context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true && SocketRequest.IsAsked(context))
        {
            await sockets.RelayAsync(context, name, agent, runEnd, stopping);
            return;
        }

        // Bodies that are relayed have no bound of ours, and no least rate: what holds them back is the guest.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        LeastRate.Drop(context);

        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, runEnd, stopping);
        try
        {
            // Asking an agent how it is is looking, not use: whoever watches VMs may do so for ever.
            using IDisposable? use = RelayTarget.IsStatus(context) ? null : engine.GetActivity(name).Begin();
            await http.RelayAsync(context, name, agent, ended.Token);
        }
        catch (OperationCanceledException) when (runEnd.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ProblemException(AgentProblem.RunEnded(name));
        }
    }
}
