using System.Buffers.Binary;

using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Internal;

/// <summary>Requests and their answers over one transport.</summary>
/// <remarks>
/// Many threads may have requests in flight at once. The kernel does its work while it takes a request, so when a send
/// returns its answer lies ready: whoever waits reads on its own thread, and hands over what belongs to others. Lists take
/// turns, because the kernel writes one list for a socket at a time.
/// </remarks>
internal sealed partial class NetlinkChannel(INetlinkTransport transport) : IDisposable
{
    private const int Attempts = 16;
    private const int SequenceOffset = 8;

    private readonly INetlinkTransport _transport = transport;
    private readonly Lock _gate = new();
    private readonly Lock _listing = new();
    private readonly List<Exchange> _inFlight = [];
    private readonly Stack<Exchange> _idle = new();
    private uint _sequence;
    private bool _disposed;
    private bool _hasUnfinishedList;
    private long _received;

    /// <summary>Bytes that came so far.</summary>
    internal long ReceivedBytes => Interlocked.Read(ref _received);

    /// <summary>Sends a request that ends in one acknowledgement; errors are thrown unless expected.</summary>
    /// <returns>0, or the errno that was expected.</returns>
    internal int Request(Span<byte> message, string operation, RequestTarget target, int expected = 0, int alsoExpected = 0)
    {
        Acknowledgement answer = Run(message, null, null, out _, out int lost, CancellationToken.None);
        if (lost != 0)
        {
            throw new NetlinkException(operation, target.ToString(), lost, "the kernel's answer was lost, so it is not known whether it was done");
        }

        if (answer.Errno != 0 && answer.Errno != expected && answer.Errno != alsoExpected)
        {
            throw Refused(message, operation, target, answer);
        }

        return answer.Errno;
    }

    /// <summary>Sends a request whose answer is one message; null where the kernel says one of the expected errors.</summary>
    internal T? Get<T>(Span<byte> message, MessageParser<T> parser, string operation, RequestTarget target, int absent, int alsoAbsent = 0)
        where T : class
    {
        ListReceiver<T> receiver = new(parser);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            receiver.Found.Clear();
            Acknowledgement answer = Run(message, ListReceiver<T>.Handler, receiver, out _, out int lost, CancellationToken.None);
            if (lost != 0)
            {
                Grow(lost);
                continue;
            }

            return answer.Errno == 0
                ? receiver.Found.Count > 0 ? receiver.Found[0] : null
                : answer.Errno == absent || answer.Errno == alsoAbsent ? null : throw Refused(message, operation, target, answer);
        }

        throw GaveUp(operation, target);
    }

    /// <summary>Sends a dump request and gathers its parts; a dump that changed underway, or overran us, is taken again.</summary>
    internal List<T> Dump<T>(
        Span<byte> message, MessageParser<T> parser, string operation, RequestTarget target, int empty = 0, CancellationToken cancellationToken = default)
        where T : class
    {
        ListReceiver<T> receiver = new(parser);
        return Dump(
            message,
            ListReceiver<T>.Handler,
            receiver,
            static receiver => ((ListReceiver<T>)receiver).Found.Clear(),
            operation,
            target,
            empty,
            cancellationToken)
                ? receiver.Found
                : [];
    }

    /// <summary>The same with a receiver of the caller's, which must be able to begin again.</summary>
    /// <returns>False where the kernel answered with the errno that means an empty list.</returns>
    internal bool Dump(
        Span<byte> message,
        MessageHandler handler,
        object receiver,
        Action<object> restart,
        string operation,
        RequestTarget target,
        int empty = 0,
        CancellationToken cancellationToken = default)
    {
        lock (_listing)
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                restart(receiver);
                if (_hasUnfinishedList)
                {
                    // The kernel would answer EBUSY until the earlier list has been read to its end.
                    Drain();
                }

                _hasUnfinishedList = true;
                Acknowledgement answer = Run(message, handler, receiver, out bool interrupted, out int lost, cancellationToken);
                if (lost != 0)
                {
                    Grow(lost);
                    continue;
                }

                _hasUnfinishedList = false;
                if (interrupted || answer.Errno is ErrnoConstants.EINTR or ErrnoConstants.EAGAIN)
                {
                    continue;
                }

                return answer.Errno == 0 || (answer.Errno == empty ? false : throw Refused(message, operation, target, answer));
            }

            throw GaveUp(operation, target);
        }
    }

    /// <summary>Sends a batch that the kernel takes whole or not at all.</summary>
    /// <param name="batch">Messages whose sequence numbers are still zero; <paramref name="offsets"/> says where each begins.</param>
    /// <param name="offsets">The first is the batch's begin, the last its end.</param>
    /// <returns>The place of the first refused message among the offsets with the reason, or null when all was taken.</returns>
    internal (int Place, Acknowledgement Error)? Batch(Span<byte> batch, ReadOnlySpan<int> offsets)
    {
        // The end of the batch is not answered; the last message before it is.
        Exchange exchange = Begin((uint)offsets.Length - 1, null, null);
        try
        {
            for (int i = 0; i < offsets.Length; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(batch[(offsets[i] + SequenceOffset)..], unchecked(exchange.First + (uint)i));
            }

            _transport.Send(batch);
            Await(exchange, CancellationToken.None);
            if (exchange.LostErrno != 0)
            {
                return (0, new Acknowledgement(exchange.LostErrno, "the kernel's answer was lost", null));
            }

            if (exchange.Answer.Errno == 0)
            {
                return null;
            }

            Drain();
            return ((int)unchecked(exchange.AnsweredSequence - exchange.First), exchange.Answer);
        }
        finally
        {
            End(exchange);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _transport.Dispose();
        }
    }

    private Acknowledgement Run(
        Span<byte> message, MessageHandler? handler, object? receiver, out bool interrupted, out int lost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Exchange exchange = Begin(1, handler, receiver);
        try
        {
            BinaryPrimitives.WriteUInt32LittleEndian(message[SequenceOffset..], exchange.First);
            _transport.Send(message);
            Await(exchange, cancellationToken);
            interrupted = exchange.IsInterrupted;
            lost = exchange.LostErrno;
            return exchange.Answer;
        }
        finally
        {
            End(exchange);
        }
    }

    private Exchange Begin(uint messages, MessageHandler? handler, object? receiver)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(NetlinkChannel));
            if (_sequence > uint.MaxValue - messages - 1)
            {
                // Zero is what notifications carry.
                _sequence = 0;
            }

            uint first = _sequence + 1;
            _sequence += messages + 1;
            Exchange exchange = _idle.TryPop(out Exchange? used) ? used : new Exchange();
            exchange.Start(first, first + messages - 1, handler, receiver);
            _inFlight.Add(exchange);
            return exchange;
        }
    }

    private void End(Exchange exchange)
    {
        lock (_gate)
        {
            _inFlight.Remove(exchange);
            exchange.Forget();
            _idle.Push(exchange);
        }
    }

    private void Grow(int errno)
    {
        // A datagram that did not fit made the transport take a larger buffer already.
        if (errno == ErrnoConstants.ENOBUFS)
        {
            _transport.GrowReceiveBuffer();
        }
    }

    private static NetlinkException Refused(ReadOnlySpan<byte> message, string operation, RequestTarget target, Acknowledgement answer) =>
        NetlinkException.From(operation, target.ToString(), answer, message);

    private static NetlinkException GaveUp(string operation, RequestTarget target) => new(
        operation, target.ToString(), ErrnoConstants.EAGAIN, $"the list changed during each of {Attempts} attempts to read it");
}
