using System.Net;
using System.Net.Sockets;
using System.Text;
using Viper.Cdp.Frames;
using Viper.Cdp.Transport;

namespace Viper.Cdp.Tests;

/// <summary>Ten thousand commands and ten thousand events, over a real socket, with a peer that allocates nothing itself.</summary>
[Collection(Alone.Name)]
public sealed class ConnectionAllocationTests
{
    private const int Count = 10_000;
    private const int Rounds = 6;

    // The objects of one asynchronous method, once for ten thousand calls: not a byte for each.
    private const long RoundItself = 2048;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(CdpThreading.Dedicated)]
    [InlineData(CdpThreading.Shared)]
    public async Task SendAsync_TenThousandCommands_AllocatesNothing(CdpThreading threading)
    {
        await using var pair = await Pair.CreateAsync(threading, events: 0);

        Assert.InRange(await LeastAsync(() => CommandsAsync(pair.Connection.GetSession("0123456789ABCDEF0123456789ABCDEF"))), 0, RoundItself);
        Assert.Equal(0, pair.Connection.PendingCount);
    }

    [Theory]
    [InlineData(CdpThreading.Dedicated)]
    [InlineData(CdpThreading.Shared)]
    public async Task Hear_TenThousandEvents_AllocatesNothing(CdpThreading threading)
    {
        await using var pair = await Pair.CreateAsync(threading, events: 100);
        var heard = 0;
        var value = 0;
        using var hearing = pair.Connection.Browser.Hear("Runtime.consoleAPICalled"u8, next =>
        {
            heard++;
            value = next.Parameters["args"u8].EnumerateArray().MoveNext() ? 1 : 0;
        });

        Assert.InRange(await LeastAsync(() => CommandsAsync(pair.Connection.Browser, Count / 100)), 0, RoundItself);
        Assert.Equal((Count * Rounds, 1), (heard, value));
    }

    private static async Task CommandsAsync(CdpSession session, int count = Count)
    {
        for (var i = 0; i < count; i++)
        {
            using var reply = await session.SendAsync(new EvaluateCommand("1+1"));
            if (reply.Result["result"u8]["value"u8].GetInt32() != 2)
            {
                throw new InvalidOperationException("Another answer.");
            }
        }
    }

    /// <summary>The least that the process allocates in a round; what is done by each round anew shows in all of them.</summary>
    private static async Task<long> LeastAsync(Func<Task> round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await round().WaitAsync(s_deadline, CancellationToken.None);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    private sealed class Pair : IAsyncDisposable
    {
        private readonly Socket _peer;
        private readonly Thread _answering;

        private Pair(CdpConnection connection, Socket peer, int events)
        {
            Connection = connection;
            _peer = peer;
            _answering = new Thread(() => Answer(events));
            _answering.Start();
        }

        internal CdpConnection Connection { get; }

        internal static async Task<Pair> CreateAsync(CdpThreading threading, int events)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var transport = threading == CdpThreading.Dedicated
                ? await SocketTransport.ConnectBlockingAsync(listener.LocalEndPoint!, CancellationToken.None)
                : await SocketTransport.ConnectAsync(listener.LocalEndPoint!);
            var peer = listener.Accept();
            peer.NoDelay = true;
            return new Pair(CdpConnection.OverWebSocket(transport, new CdpConnectionOptions { Threading = threading }), peer, events);
        }

        public async ValueTask DisposeAsync()
        {
            await Connection.DisposeAsync();
            _answering.Join();
            _peer.Dispose();
        }

        /// <summary>Answers each command with its number, after so many events.</summary>
        private void Answer(int events)
        {
            var frame = new byte[4096];
            var message = new byte[256];
            var console = Frame("""{"method":"Runtime.consoleAPICalled","params":{"type":"log","args":[{"type":"number","value":1,"description":"1"}],"executionContextId":1,"timestamp":1.5}}""");
            while (ReceiveExactly(frame.AsSpan(0, 2)) && (frame[0] & 0x0f) == (byte)WebSocketOpcode.Text)
            {
                var small = frame[1] & 0x7f;
                if (small == 126 && !ReceiveExactly(frame.AsSpan(2, 2)))
                {
                    return;
                }

                var length = small == 126 ? (frame[2] << 8) | frame[3] : small;
                if (!ReceiveExactly(frame.AsSpan(0, 4 + length)))
                {
                    return;
                }

                WebSocketMask.Apply(frame.AsSpan(4, length), BitConverter.ToUInt32(frame, 0));
                var id = frame.AsSpan(10, frame.AsSpan(10).IndexOf((byte)','));
                for (var i = 0; i < events; i++)
                {
                    _peer.Send(console);
                }

                var size = 2;
                Append("{\"id\":"u8);
                Append(id);
                Append(",\"result\":{\"result\":{\"type\":\"number\",\"value\":2,\"description\":\"2\"}}}"u8);
                message[0] = 0x81;
                message[1] = (byte)(size - 2);
                _peer.Send(message.AsSpan(0, size));

                void Append(ReadOnlySpan<byte> text)
                {
                    text.CopyTo(message.AsSpan(size));
                    size += text.Length;
                }
            }
        }

        private bool ReceiveExactly(Span<byte> target)
        {
            while (target.Length > 0)
            {
                var count = _peer.Receive(target, SocketFlags.None, out var error);
                if (count == 0 || error != SocketError.Success)
                {
                    return false;
                }

                target = target[count..];
            }

            return true;
        }

        private static byte[] Frame(string text)
        {
            var payload = Encoding.UTF8.GetBytes(text);
            return [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
        }
    }
}
