using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Viper.Agent.Actions;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>
/// WebSockets to programs' terminals. Binary messages are what is typed and shown, in any pieces; text messages are
/// <see cref="TerminalMessage"/>. One caller at a time has a terminal, and misses nothing: the program waits for it.
/// </summary>
internal sealed class TerminalSockets
{
    // RFC 6455, 1.3.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int MaxMessage = 4096;
    private const int ShownSize = 32 * 1024;

    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly HashSet<GuestProcess> _taken = [];

    internal static ActionException None(string id) => new(409, "no_terminal", $"Process '{id}' was started without a terminal (tty).");

    /// <summary>Serves a terminal until it, its program or the agent ends, then answers null; or answers why it does not.</summary>
    internal async Task<AgentResponse?> AnswerAsync(StreamedRequest request, GuestProcess process)
    {
        if (Check(request, process) is { } refusal)
        {
            return refusal;
        }

        if (!TryTake(process))
        {
            return Problem.Create(409, "terminal_taken", "Somebody else has this terminal.", request.Path);
        }

        try
        {
            var hangsUp = request.Query.Flag("hangup");
            var key = request.Head.Headers["Sec-WebSocket-Key"]!;
            var accept = Convert.ToBase64String(Sha1.Hash(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
            await request.SendHeadAsync(
                $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", request.Stopping);
            if (request.TakeConnection() is not { } connection)
            {
                return null;
            }

            await using (connection)
            {
                var options = new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = s_keepAlive, KeepAliveTimeout = s_keepAlive };
                using var socket = WebSocket.CreateFromStream(connection, options);
                await ServeAsync(socket, process, request.Stopping);
            }

            if (hangsUp)
            {
                process.Signal(Interop.Libc.SIGHUP);
                process.EndAfter(s_goodbye);
            }

            return null;
        }
        finally
        {
            process.Stdout.Release();
            process.Wake();
            lock (_gate)
            {
                _taken.Remove(process);
            }
        }
    }

    private static AgentResponse? Check(StreamedRequest request, GuestProcess process)
    {
        if (process.Command.Terminal is null)
        {
            throw None(request.Path.Split('/')[2]);
        }

        if (request.Method != "GET" || !request.Head.IsWebSocketUpgrade)
        {
            return Problem.Create(426, "validation_failed", "This path speaks WebSocket alone.", request.Path) with { Header = "Upgrade: websocket" };
        }

        return request.Head.HasBody || request.Head.Headers["Sec-WebSocket-Key"] is null
            ? Problem.Create(400, "validation_failed", "The WebSocket handshake has a body, or no Sec-WebSocket-Key.", request.Path) with { Close = true }
            : null;
    }

    private bool TryTake(GuestProcess process)
    {
        lock (_gate)
        {
            return _taken.Add(process);
        }
    }

    private static async Task ServeAsync(WebSocket socket, GuestProcess process, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var typing = TypeAsync(socket, process, over.Token);
        var showing = ShowAsync(socket, process, over.Token);
        await Task.WhenAny(typing, showing);
        var isCallers = typing.IsCompleted;
        await SayGoodbyeAsync(socket, stopping.IsCancellationRequested, isCallers);
        if (!isCallers)
        {
            // The end of the program, or of the agent: the caller is given a moment to close too.
            await Task.WhenAny(typing, Task.Delay(s_goodbye, CancellationToken.None));
        }

        await over.CancelAsync();
        socket.Abort();
        await Task.WhenAll(typing, showing);
    }

    private static async Task SayGoodbyeAsync(WebSocket socket, bool isStopping, bool isCallers)
    {
        using var late = new CancellationTokenSource(s_goodbye);
        try
        {
            await (isStopping
                ? socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "vm_stopping", late.Token)
                : socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, isCallers ? null : "exited", late.Token));
        }
        catch (Exception error) when (IsEnd(error))
        {
            // The caller is gone.
        }
    }

    private static async Task ShowAsync(WebSocket socket, GuestProcess process, CancellationToken over)
    {
        var buffer = new byte[ShownSize];
        try
        {
            // What it has shown before comes first, as far as it is kept.
            var offset = process.Stdout.Hold(0);
            while (true)
            {
                var change = process.Changes.Next;
                var isOver = process.Exited.IsCompleted;
                var count = process.Stdout.Read(offset, buffer, out _);
                if (count > 0)
                {
                    await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, over);
                    offset = process.Stdout.Hold(offset + count);
                    process.Wake();
                }
                else if (isOver)
                {
                    var message = new TerminalMessage { Type = TerminalMessage.Ended, Exit = process.Exited.Result.ToContract() };
                    var text = JsonSerializer.SerializeToUtf8Bytes(message, AgentJsonContext.Default.TerminalMessage);
                    await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, over);
                    return;
                }
                else
                {
                    await change.WaitAsync(over);
                }
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
            // The caller is gone, or the agent stops.
        }
    }

    private static async Task TypeAsync(WebSocket socket, GuestProcess process, CancellationToken over)
    {
        var buffer = new byte[MaxMessage];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), over);
                switch (received.MessageType)
                {
                    case WebSocketMessageType.Binary:
                        await process.Input!.WriteAsync(buffer.AsMemory(0, received.Count), over);
                        break;
                    case WebSocketMessageType.Text when received.EndOfMessage:
                        Obey(process, buffer.AsSpan(0, received.Count));
                        break;
                    default:
                        // The end, or a text that is longer than any of ours.
                        return;
                }
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
            // The caller is gone, or the agent stops.
        }
    }

    private static void Obey(GuestProcess process, ReadOnlySpan<byte> text)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, AgentJsonContext.Default.TerminalMessage)
                is { Type: TerminalMessage.Resize, Cols: > 0 and <= 10_000, Rows: > 0 and <= 10_000 } message)
            {
                process.Resize(message.Cols.Value, message.Rows.Value);
            }
        }
        catch (JsonException)
        {
            // A message of a later version.
        }
    }

    private static bool IsEnd(Exception error) =>
        error is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
