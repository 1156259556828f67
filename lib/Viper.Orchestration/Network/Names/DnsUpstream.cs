using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Viper.Orchestration.Network.Names;

/// <summary>Asks name servers one after another, each question from a port of its own and under a number of its own.</summary>
internal sealed class DnsUpstream(Func<IReadOnlyList<IPEndPoint>> servers, DnsLimits limits, Func<AddressFamily, SocketType, Socket> open)
{
    private const int LargestDatagram = 16 * 1024;

    /// <summary>The answer, under the number of the question; null where no server gave one.</summary>
    internal async Task<byte[]?> AskAsync(ReadOnlyMemory<byte> question, int questionEnd, bool overTcp, CancellationToken cancellationToken)
    {
        byte[] own = question.ToArray();
        RandomNumberGenerator.Fill(own.AsSpan(0, 2));
        foreach (IPEndPoint server in servers())
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(limits.Answer);
            try
            {
                byte[] answer = overTcp
                    ? await AskTcpAsync(server, own, deadline.Token).ConfigureAwait(false)
                    : await AskUdpAsync(server, own, questionEnd, deadline.Token).ConfigureAwait(false);
                if (DnsMessage.IsAnswerTo(answer, own, questionEnd))
                {
                    question.Span[..2].CopyTo(answer);
                    return answer;
                }
            }
            catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The next one may know.
            }
        }

        return null;
    }

    private async Task<byte[]> AskUdpAsync(IPEndPoint server, byte[] question, int questionEnd, CancellationToken cancellationToken)
    {
        using Socket socket = open(server.AddressFamily, SocketType.Dgram);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(question, cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[LargestDatagram];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (DnsMessage.IsAnswerTo(buffer.AsSpan(0, length), question, questionEnd))
            {
                return buffer[..length];
            }
        }
    }

    private async Task<byte[]> AskTcpAsync(IPEndPoint server, byte[] question, CancellationToken cancellationToken)
    {
        using Socket socket = open(server.AddressFamily, SocketType.Stream);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        using NetworkStream stream = new(socket);
        await stream.WriteAsync(WithLength(question), cancellationToken).ConfigureAwait(false);
        byte[] length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        return answer;
    }

    /// <summary>A message as TCP carries it (RFC 1035, section 4.2.2).</summary>
    internal static byte[] WithLength(ReadOnlySpan<byte> message)
    {
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsSpan(2));
        return framed;
    }
}
