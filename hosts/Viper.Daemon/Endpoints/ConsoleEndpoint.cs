using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Viper.Contracts;
using Viper.Daemon.Relay;
using Viper.Hypervisor;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary><c>/api/v1/vms/{name}/console</c>: the serial port of a VM as a WebSocket.</summary>
/// <remarks>
/// Binary messages carry the port's bytes both ways, the last 64 KiB first; text messages of the daemon are
/// <see cref="ConsoleNotice"/>. One caller at a time may type; <c>?write=false</c> only looks. <c>?as=NAME</c> is what others are told.
/// </remarks>
internal sealed class ConsoleEndpoint(IVmEngine engine, CancellationToken stopping)
{
    private const int NameLimit = 64;

    // A caller that vanished without a word keeps the right to type no longer than twice this.
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(5);

    internal void Map(IEndpointRouteBuilder routes)
    {
        IApplicationBuilder branch = routes.CreateApplicationBuilder();
        branch.UseWebSockets(new WebSocketOptions { KeepAliveInterval = s_keepAlive, KeepAliveTimeout = s_keepAlive });
        branch.Run(ServeAsync);
        routes.MapGet("/api/v1/vms/{name}/console", branch.Build());
    }

    private async Task ServeAsync(HttpContext context)
    {
        string name = RequestQuery.VmName(context);
        bool write = RequestQuery.Text(context, "write") is null || RequestQuery.Flag(context, "write");
        string caller = Caller(context);
        string id = engine.Get(name).Id;
        SerialConsole console = engine.GetConsole(name);
        CancellationToken runEnd = engine.GetRunEnd(name);

        // Asked for before the handshake: a VM that is deleted during it is a reason to close with, not a failure.
        VmActivity activity = engine.GetActivity(name);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            throw new ProblemException(Problem.Create(426, ProblemCodes.ValidationFailed, "The console is a WebSocket (RFC 6455, version 13)."));
        }

        SerialHolder? holder = null;
        using SerialWriter? writer = write ? console.TryTakeWriter(caller, out holder) : null;
        if (write && writer is null)
        {
            throw new ProblemException(Problem.Create(
                409,
                ProblemCodes.ConsoleTaken,
                $"'{holder!.Name}' types into the console of VM '{name}' since {holder.Since:u}. Looking on is possible: '?write=false', or 'viper vms console {name} --view'."));
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        ConsoleSession session = new(socket, console.Attach(), writer, activity);
        await session.RunAsync(
            () => stopping.IsCancellationRequested ? SocketEnd.ShuttingDown : SocketEnd.Of(engine, name, id), runEnd, stopping, context.RequestAborted);
    }

    private static string Caller(HttpContext context)
    {
        if (RequestQuery.Text(context, "as") is { } given)
        {
            return given.Length is > 0 and <= NameLimit && given.All(static c => c is >= ' ' and <= '~')
                ? given
                : throw ProblemException.Parameter("?as", $"1 to {NameLimit} printable characters.");
        }

        return context.Connection.RemoteIpAddress is { } address ? $"a caller from {address}" : "a caller on this host";
    }
}
