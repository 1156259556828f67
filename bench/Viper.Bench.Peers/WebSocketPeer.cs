using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace Viper.Bench.Peers;

/// <summary>ClientWebSocket and System.Text.Json, as usually written.</summary>
internal sealed class WebSocketPeer : IPeer
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _calls = new();
    private Task _receiving = Task.CompletedTask;
    private string? _session;
    private int _last;
    private int _heard;
    private int _wanted;
    private TaskCompletionSource? _all;

    public static async Task<WebSocketPeer> ConnectAsync(Uri address, string target)
    {
        WebSocketPeer peer = new();
        await peer._socket.ConnectAsync(address, CancellationToken.None);
        peer._receiving = peer.ReceiveAsync();
        JsonElement attached = await peer.SendAsync("Target.attachToTarget", new { targetId = target, flatten = true });
        peer._session = attached.GetProperty("sessionId").GetString();
        return peer;
    }

    public async Task EvaluateAsync()
    {
        JsonElement result = await SendAsync("Runtime.evaluate", new { expression = "1+1", returnByValue = true });
        if (result.GetProperty("result").GetProperty("value").GetInt32() != 2)
        {
            throw new InvalidOperationException("Another answer.");
        }
    }

    public async Task HearAsync(int count)
    {
        await SendAsync("Runtime.enable", new { });
        (_heard, _wanted, _all) = (0, count, new TaskCompletionSource());
        await SendAsync("Runtime.evaluate", new { expression = $"for(let i=0;i<{count};i++)console.log(i)" });
        await _all.Task;
        await SendAsync("Runtime.disable", new { });
        await SendAsync("Runtime.discardConsoleEntries", new { });
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task<JsonElement> SendAsync(string method, object parameters)
    {
        int id = Interlocked.Increment(ref _last);
        TaskCompletionSource<JsonElement> call = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = call;
        Dictionary<string, object> message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
        {
            message["sessionId"] = _session;
        }

        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(message);
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        return await call.Task;
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        using MemoryStream message = new();
        try
        {
            while (true)
            {
                message.SetLength(0);
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                    message.Write(buffer, 0, part.Count);
                }
                while (!part.EndOfMessage);

                using JsonDocument document = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
                Take(document.RootElement);
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("id", out JsonElement id) && _calls.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? call))
        {
            call.SetResult(message.TryGetProperty("result", out JsonElement result) ? result.Clone() : default);
        }
        else if (message.TryGetProperty("method", out JsonElement method) && method.GetString() == "Runtime.consoleAPICalled"
            && message.GetProperty("params").GetProperty("args").GetArrayLength() == 1 && ++_heard == _wanted)
        {
            _all?.TrySetResult();
        }
    }
}
