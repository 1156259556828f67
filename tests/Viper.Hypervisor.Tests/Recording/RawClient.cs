using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Viper.TestKit.Hypervisor.StandIn;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>A connection that sends any bytes and reads answers.</summary>
public sealed class RawClient : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<byte> _unread = [];

    public RawClient(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    public async Task SendAsync(byte[] bytes)
    {
        using CancellationTokenSource limit = new(s_limit);
        ReadOnlyMemory<byte> rest = bytes;
        while (!rest.IsEmpty)
        {
            rest = rest[await _socket.SendAsync(rest, limit.Token)..];
        }
    }

    public void SendWith(byte[] bytes, SafeHandle descriptor) => DescriptorSender.Send(_socket, bytes, descriptor);

    /// <summary>The next answer; null when the connection was closed before it.</summary>
    public async Task<RawAnswer?> ReadAsync()
    {
        int end;
        while ((end = Text().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            if (!await ReceiveAsync())
            {
                return null;
            }
        }

        string head = Text()[..end];
        int length = LengthOf(head);
        while (_unread.Count < end + 4 + length)
        {
            if (!await ReceiveAsync())
            {
                return null;
            }
        }

        string body = Encoding.UTF8.GetString([.. _unread[(end + 4)..(end + 4 + length)]]);
        _unread.RemoveRange(0, end + 4 + length);
        int status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        return new RawAnswer(status, head.Replace("\r\n", "\n", StringComparison.Ordinal), body);
    }

    /// <summary>Says that nothing more will be sent, and reads until the other side has closed as well.</summary>
    public async Task<string> FinishAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Closed already.
        }

        while (await ReceiveAsync())
        {
        }

        return Text();
    }

    public void Dispose() => _socket.Dispose();

    private static int LengthOf(string head)
    {
        const string Name = "\r\nContent-Length: ";
        int start = head.IndexOf(Name, StringComparison.Ordinal);
        return start < 0 ? 0 : int.Parse(head[(start + Name.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
    }

    private string Text() => Encoding.Latin1.GetString([.. _unread]);

    private async Task<bool> ReceiveAsync()
    {
        using CancellationTokenSource limit = new(s_limit);
        byte[] buffer = new byte[64 << 10];
        try
        {
            int count = await _socket.ReceiveAsync(buffer, limit.Token);
            _unread.AddRange(buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
