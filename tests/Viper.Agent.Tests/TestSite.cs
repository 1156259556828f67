using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Viper.Agent.Tests;

/// <summary>A web server with a few pages, for the real Chrome.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _neverAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    internal TestSite()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Gets what completes when <c>/never</c>, which does not answer, has been asked for.</summary>
    internal Task NeverAsked => _neverAsked.Task;

    internal string Url(string path) => $"http://{_listener.LocalEndpoint}{path}";

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private static (string Status, string Body) Respond(string path) => path switch
    {
        "/" => ("200 OK", "<!doctype html><title>waiting</title><body><p>hello<script>document.title = 'sum ' + (19 + 23)</script>"),
        "/tall" => ("200 OK", "<!doctype html><title>tall</title><body style='margin:0'><div style='height:3000px;background:linear-gradient(red,blue)'>"),
        "/missing" => ("404 Not Found", "<!doctype html><title>not here</title>"),
        "/empty404" => ("404 Not Found", string.Empty),
        "/moves" => ("200 OK", "<!doctype html><script>location.replace('/')</script>"),
        _ => ("404 Not Found", "none"),
    };

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_end.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var client = socket;
        try
        {
            var buffer = new byte[16384];
            var count = await client.ReceiveAsync(buffer, _end.Token);
            var path = count > 0 ? Encoding.ASCII.GetString(buffer, 0, count).Split(' ')[1] : "/";
            if (path == "/never")
            {
                _neverAsked.TrySetResult();
                await client.ReceiveAsync(buffer, _end.Token);
                return;
            }

            var (status, body) = Respond(path);
            await client.SendAsync(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}")),
                _end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side has ended.
        }
    }
}
