using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Viper.Daemon.Endpoints;
using Viper.Daemon.Security;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>Joins a caller's WebSocket with one to the VM's agent, for as long as the VM's run lasts.</summary>
internal sealed class DevToolsSocketRelay(IVmEngine engine, ICommandPolicy policy, ILogger<DevToolsSocketRelay> logger, TimeProvider time)
{
    internal async Task RelayAsync(HttpContext context, string name, AgentAddress agent, CancellationToken runEnd, CancellationToken stopping)
    {
        string id = engine.Get(name).Id;

        // Asked for before the handshake: a VM that is deleted during it is a reason to close with, not a failure.
        VmActivity activity = engine.GetActivity(name);
        CancellationToken revoked = TicketGrant.Of(context)?.Epoch.Revoked ?? CancellationToken.None;
        SocketRequest request = SocketRequest.Read(context);
        using CancellationTokenSource cut = CancellationTokenSource.CreateLinkedTokenSource(runEnd, stopping, revoked);
        using CancellationTokenSource opening = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, cut.Token);
        using AgentSocket socket = await OpenAsync(name, agent, request, runEnd, revoked, opening.Token);
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = request.Accept();
        if (socket.Protocol is not null)
        {
            context.Response.Headers.SecWebSocketProtocol = socket.Protocol;
        }

        // An open WebSocket may be silent for hours.
        LeastRate.Drop(context);
        await using Stream upgraded = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();

        // The server neither reads nor writes an upgraded connection by itself, so its pipes can be used without the copies
        // and the allocations of the stream above them.
        IDuplexPipe client = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
        using SocketPair pair = new(client, socket, policy, context.Abort, activity, time);
        string outcome = await pair.RunAsync(
            () => stopping.IsCancellationRequested ? SocketEnd.ShuttingDown
                : revoked.IsCancellationRequested ? SocketEnd.TicketRevoked
                : SocketEnd.Of(engine, name, id),
            cut.Token);
        Log.RelayEnded(logger, name, outcome);
    }

    private static async Task<AgentSocket> OpenAsync(
        string name, AgentAddress agent, SocketRequest request, CancellationToken runEnd, CancellationToken revoked, CancellationToken cancellationToken)
    {
        try
        {
            // What follows is not for the thread on which the agent's answer was read.
            Task<AgentSocket> opening = AgentSocket.OpenAsync(name, agent, request, cancellationToken);
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return await opening;
        }
        catch (OperationCanceledException) when (runEnd.IsCancellationRequested)
        {
            throw new ProblemException(AgentProblem.RunEnded(name));
        }
        catch (OperationCanceledException) when (revoked.IsCancellationRequested)
        {
            throw new ProblemException(TicketGrant.Refusal);
        }
    }
}
