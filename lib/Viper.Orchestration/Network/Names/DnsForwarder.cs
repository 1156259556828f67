using System.Net;
using System.Net.Sockets;

namespace Viper.Orchestration.Network.Names;

/// <summary>Answers guests' questions for names on the bridge's address, with what the host's own name servers say.</summary>
/// <remarks>
/// Guests are hostile: everything has a bound (<see cref="DnsLimits"/>), what exceeds it is dropped without an answer, and the
/// filter in front of it lets each guest ask so many questions a second. Dispose closes everything.
/// </remarks>
internal sealed partial class DnsForwarder : IDisposable
{
    private readonly Func<IPAddress, bool?> _mayAsk;
    private readonly DnsUpstream _upstream;
    private readonly DnsLimits _limits;
    private readonly Shares _questions;
    private readonly Shares _connections;
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Begins to answer, through sockets of the calling thread's network namespace.</summary>
    /// <param name="address">Where to answer, UDP and TCP.</param>
    /// <param name="mayAsk">Whether a guest may ask: no is refused; null, for addresses that are no guest's, gets no answer.</param>
    /// <param name="upstream">Who is asked.</param>
    /// <param name="limits">What guests may use of the host.</param>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    internal DnsForwarder(IPEndPoint address, Func<IPAddress, bool?> mayAsk, DnsUpstream upstream, DnsLimits limits)
    {
        (_mayAsk, _upstream, _limits) = (mayAsk, upstream, limits);
        _questions = new Shares(limits.Questions);
        _connections = new Shares(limits.Connections);
        _udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _udp.Bind(address);
            _tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _tcp.Bind(address);
            _tcp.Listen(limits.Connections.All);
        }
        catch
        {
            _udp.Dispose();
            _tcp.Dispose();
            throw;
        }

        _ = ReceiveAsync();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _closing.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        _closing.Dispose();
    }

    private async Task ReceiveAsync()
    {
        CancellationToken stop = _closing.Token;
        byte[] buffer = new byte[_limits.QuestionBytes];
        SocketAddress sender = new(_udp.AddressFamily);
        IPEndPoint any = new(IPAddress.Any, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                int length = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, sender, stop).ConfigureAwait(false);
                IPEndPoint from = (IPEndPoint)any.Create(sender);
                if (_questions.TryTake(from.Address))
                {
                    _ = AnswerAsync(buffer[..length], from, stop);
                }
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                // A datagram that is too large, or an answer that did not arrive: the next one may be well.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(byte[] question, IPEndPoint from, CancellationToken stop)
    {
        try
        {
            if (await ResolveAsync(question, from.Address, overTcp: false, stop).ConfigureAwait(false) is { } answer)
            {
                await _udp.SendToAsync(answer, from, stop).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The guest is gone, or we are.
        }
        finally
        {
            _questions.GiveBack(from.Address);
        }
    }

    /// <summary>What to answer; null for nothing.</summary>
    private async Task<byte[]?> ResolveAsync(byte[] question, IPAddress guest, bool overTcp, CancellationToken stop)
    {
        if (_mayAsk(guest) is not { } mayAsk || !DnsMessage.CanBeAnswered(question))
        {
            return null;
        }

        if (!DnsMessage.IsQuestion(question, out int end))
        {
            return DnsMessage.Fail(question, 0, DnsMessage.FormatError);
        }

        return mayAsk
            ? await _upstream.AskAsync(question, end, overTcp, stop).ConfigureAwait(false) ?? DnsMessage.Fail(question, end, DnsMessage.ServerFailure)
            : DnsMessage.Fail(question, end, DnsMessage.Refused);
    }
}
