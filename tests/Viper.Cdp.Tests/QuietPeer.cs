using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Viper.Cdp.Frames;
using Viper.Cdp.Transport;

namespace Viper.Cdp.Tests;

/// <summary>A peer over a real socket that answers every command with one result, and allocates nothing while it does.</summary>
internal sealed class QuietPeer : IAsyncDisposable
{
    private const byte FinalText = 0x80 | (byte)WebSocketOpcode.Text;
    private const int LongestHead = 64;

    private readonly Socket _peer;
    private readonly byte[] _result;
    private readonly int _events;
    private readonly Thread _answering;

    private QuietPeer(CdpConnection connection, Socket peer, string result, int events)
    {
        Connection = connection;
        _peer = peer;
        _result = Encoding.UTF8.GetBytes(result);
        _events = events;
        _answering = new Thread(Answer);
        _answering.Start();
    }

    /// <summary>Gets the connection to it.</summary>
    internal CdpConnection Connection { get; }

    /// <summary>Makes a peer and a connection to it.</summary>
    /// <param name="threading">The connection's.</param>
    /// <param name="result">What it answers, as JSON.</param>
    /// <param name="events">How many events come before each answer.</param>
    internal static async Task<QuietPeer> AcceptAsync(CdpThreading threading, string result, int events = 0)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var transport = threading == CdpThreading.Dedicated
            ? await SocketTransport.ConnectBlockingAsync(listener.LocalEndPoint!, CancellationToken.None)
            : await SocketTransport.ConnectAsync(listener.LocalEndPoint!);
        var peer = listener.Accept();
        peer.NoDelay = true;
        return new QuietPeer(CdpConnection.OverWebSocket(transport, new CdpConnectionOptions { Threading = threading }), peer, result, events);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _answering.Join();
        _peer.Dispose();
    }

    private void Answer()
    {
        var frame = new byte[4096];
        var console = Frame("""{"method":"Runtime.consoleAPICalled","params":{"type":"log","args":[{"type":"number","value":1,"description":"1"}],"executionContextId":1,"timestamp":1.5}}""");
        while (ReceiveExactly(frame.AsSpan(0, 2)) && (frame[0] & 0x0f) == (byte)WebSocketOpcode.Text)
        {
            var small = frame[1] & 0x7f;
            if (small == 126 && !ReceiveExactly(frame.AsSpan(2, 2)))
            {
                return;
            }

            var length = small == 126 ? BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)) : small;
            if (!ReceiveExactly(frame.AsSpan(0, 4 + length)))
            {
                return;
            }

            WebSocketMask.Apply(frame.AsSpan(4, length), BitConverter.ToUInt32(frame, 0));
            for (var i = 0; i < _events; i++)
            {
                _peer.Send(console);
            }

            // {"id":1,"method":…
            Send(frame.AsSpan(10, frame.AsSpan(10).IndexOf((byte)',')));
        }
    }

    private void Send(ReadOnlySpan<byte> id)
    {
        var before = "{\"id\":"u8;
        var between = ",\"result\":"u8;
        Span<byte> head = stackalloc byte[LongestHead];
        var size = WriteHead(head, before.Length + id.Length + between.Length + _result.Length + 1);
        before.CopyTo(head[size..]);
        id.CopyTo(head[(size + before.Length)..]);
        between.CopyTo(head[(size + before.Length + id.Length)..]);
        _peer.Send(head[..(size + before.Length + id.Length + between.Length)]);
        _peer.Send(_result);
        _peer.Send("}"u8);
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
        Span<byte> head = stackalloc byte[LongestHead];
        return [.. head[..WriteHead(head, payload.Length)], .. payload];
    }

    // RFC 6455, section 5.2: the lengths of 16 and of 64 bits.
    private static int WriteHead(Span<byte> head, int length)
    {
        head[0] = FinalText;
        switch (length)
        {
            case < 126:
                head[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                head[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)length);
                return 4;
            default:
                head[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(head[2..], (ulong)length);
                return 10;
        }
    }
}
