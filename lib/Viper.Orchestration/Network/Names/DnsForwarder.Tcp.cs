using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Viper.Orchestration.Network.Names;

internal sealed partial class DnsForwarder
{
    private async Task AcceptAsync()
    {
        CancellationToken stop = _closing.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _tcp.AcceptAsync(stop).ConfigureAwait(false);
                if (client.RemoteEndPoint is IPEndPoint from && _connections.TryTake(from.Address))
                {
                    _ = ServeAsync(client, from.Address, stop);
                }
                else
                {
                    client.Dispose();
                }
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                // That connection went away while it came.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client, IPAddress guest, CancellationToken stop)
    {
        try
        {
            using NetworkStream stream = new(client, ownsSocket: true);
            byte[] length = new byte[2];
            for (int i = 0; i < _limits.QuestionsOfConnection; i++)
            {
                using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(stop);
                idle.CancelAfter(_limits.Idle);
                await stream.ReadExactlyAsync(length, idle.Token).ConfigureAwait(false);
                int size = BinaryPrimitives.ReadUInt16BigEndian(length);
                if (size < DnsMessage.HeaderLength || size > _limits.QuestionBytes)
                {
                    return;
                }

                byte[] question = new byte[size];
                await stream.ReadExactlyAsync(question, idle.Token).ConfigureAwait(false);
                if (!await AnswerAsync(stream, question, guest, stop).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The guest is gone or idle, or we are gone.
        }
        finally
        {
            client.Dispose();
            _connections.GiveBack(guest);
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, byte[] question, IPAddress guest, CancellationToken stop)
    {
        if (!_questions.TryTake(guest))
        {
            return false;
        }

        byte[]? answer;
        try
        {
            answer = await ResolveAsync(question, guest, overTcp: true, stop).ConfigureAwait(false);
        }
        finally
        {
            _questions.GiveBack(guest);
        }

        if (answer is null)
        {
            return false;
        }

        // A guest that does not read must not hold its place for ever.
        using CancellationTokenSource unread = CancellationTokenSource.CreateLinkedTokenSource(stop);
        unread.CancelAfter(_limits.Idle);
        await stream.WriteAsync(DnsUpstream.WithLength(answer), unread.Token).ConfigureAwait(false);
        return true;
    }
}
