using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Viper.Cdp.Tests;

/// <summary>The server's end of a connection, speaking the protocol's JSON.</summary>
internal sealed class ScriptedSocket
{
    private readonly CancellationToken _cancel;

    internal ScriptedSocket(WebSocket socket, CancellationToken cancel)
    {
        Socket = socket;
        _cancel = cancel;
    }

    internal WebSocket Socket { get; }

    internal async Task<(int Id, string Method, string? SessionId)> ReceiveAsync()
    {
        using var whole = new MemoryStream();
        var buffer = new byte[65536];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await Socket.ReceiveAsync(buffer.AsMemory(), _cancel);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _cancel);
                throw new OperationCanceledException("The client closed.");
            }

            whole.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);

        using var document = JsonDocument.Parse(whole.ToArray());
        var root = document.RootElement;
        return (root.GetProperty("id").GetInt32(), root.GetProperty("method").GetString()!,
            root.TryGetProperty("sessionId", out var session) ? session.GetString() : null);
    }

    internal Task SendAsync(string json, bool last = true) =>
        Socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, last, _cancel);

    /// <summary>Answers every command with an empty result until the client closes.</summary>
    internal async Task AnswerAllAsync()
    {
        while (true)
        {
            var (id, _, _) = await ReceiveAsync();
            await SendAsync($$$"""{"id":{{{id}}},"result":{}}""");
        }
    }

    /// <summary>Keeps reading, and answers nothing, until the client closes.</summary>
    internal async Task IgnoreAllAsync()
    {
        while (true)
        {
            await ReceiveAsync();
        }
    }
}
