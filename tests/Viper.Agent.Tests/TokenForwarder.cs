using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Viper.Agent.Tests;

/// <summary>What the daemon does for a client: puts the token into the handshake, and passes the rest on.</summary>
internal sealed class TokenForwarder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly IPEndPoint _agent;
    private readonly Task _serving;

    internal TokenForwarder(IPEndPoint agent)
    {
        _agent = agent;
        _listener.Start();
        _serving = ServeAsync();
    }

    internal Uri Uri => new($"ws://{_listener.LocalEndpoint}/devtools/browser/default");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var client = await _listener.AcceptSocketAsync(_end.Token);
            using var agent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await agent.ConnectAsync(_agent, _end.Token);
            var buffer = new byte[16384];
            var count = await client.ReceiveAsync(buffer, _end.Token);
            var head = Encoding.ASCII.GetString(buffer, 0, count);
            await agent.SendAsync(
                Encoding.ASCII.GetBytes(head.Insert(head.IndexOf("\r\n", StringComparison.Ordinal) + 2, $"Authorization: Bearer {AgentHarness.Token}\r\n")),
                _end.Token);
            await Task.WhenAll(PumpAsync(client, agent), PumpAsync(agent, client));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // A side or the test has ended.
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[65536];
        int count;
        while ((count = await from.ReceiveAsync(buffer, _end.Token)) > 0)
        {
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
