using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Viper.TestKit.Network;

/// <summary>ICMP echo over a raw socket.</summary>
public static class Ping
{
    private const int Ipv4Header = 20;
    private const byte EchoRequest = 8;
    private const byte EchoReply = 0;
    private const ushort Number = 0x5650;

    /// <summary>Whether the other side answers; silence counts after a while where none is expected.</summary>
    public static async Task<bool> AnswersAsync(NetNsFixture from, IPAddress to, bool expected)
    {
        using Socket socket = from.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
        using CancellationTokenSource deadline = new(expected ? TimeSpan.FromSeconds(60) : TimeSpan.FromMilliseconds(500));
        byte[] request = new byte[16];
        request[0] = EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4), Number);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(2), Checksum(request));
        byte[] buffer = new byte[256];
        try
        {
            await socket.SendToAsync(request, new IPEndPoint(to, 0), deadline.Token);
            while (true)
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), deadline.Token);
                if (got.ReceivedBytes > Ipv4Header + 6 && buffer[Ipv4Header] == EchoReply && ((IPEndPoint)got.RemoteEndPoint).Address.Equals(to)
                    && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(Ipv4Header + 4)) == Number)
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return false;
        }
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }
}
