using System.Buffers.Binary;

using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Internal;

/// <summary>Requests and their answers over one transport; safe to use from many threads, one request at a time.</summary>
internal sealed class NetlinkChannel(INetlinkTransport transport) : IDisposable
{
    private const int DumpAttempts = 16;

    private readonly INetlinkTransport _transport = transport;
    private readonly Lock _gate = new();
    private uint _sequence;
    private bool _disposed;
    private bool _stale;

    /// <summary>Sends a request that ends in one acknowledgement; errors are thrown unless <paramref name="expected"/>.</summary>
    /// <returns>0, or the errno that equals <paramref name="expected"/>.</returns>
    internal int Request(Span<byte> message, string operation, string? target, int expected = 0, int alsoExpected = 0)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Acknowledgement answer = Exchange<object>(message, null, null, out _);
            if (answer.Errno != 0 && answer.Errno != expected && answer.Errno != alsoExpected)
            {
                throw new NetlinkException(operation, target, answer.Errno, answer.Message, answer.Offset);
            }

            return answer.Errno;
        }
    }

    /// <summary>Sends a request whose answer is one message; null where the kernel says one of the expected errors.</summary>
    internal T? Get<T>(Span<byte> message, MessageParser<T> parser, string operation, string? target, int absent, int alsoAbsent = 0)
        where T : class
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            List<T> found = [];
            Acknowledgement answer = Exchange(message, parser, found, out _);
            return answer.Errno == 0
                ? found.Count > 0 ? found[0] : null
                : answer.Errno == absent || answer.Errno == alsoAbsent
                    ? null
                    : throw new NetlinkException(operation, target, answer.Errno, answer.Message, answer.Offset);
        }
    }

    /// <summary>Sends a dump request and gathers its parts; a dump that changed underway, or overran us, is taken again.</summary>
    internal List<T> Dump<T>(Span<byte> message, MessageParser<T> parser, string operation, string? target, int empty = 0)
        where T : class
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            List<T> found = [];
            for (int attempt = 0; attempt < DumpAttempts; attempt++)
            {
                found.Clear();
                Acknowledgement answer;
                bool interrupted;
                try
                {
                    answer = Exchange(message, parser, found, out interrupted);
                }
                catch (NetlinkException e) when (e.Errno == ErrnoConstants.ENOBUFS)
                {
                    _transport.GrowReceiveBuffer();
                    continue;
                }

                if (interrupted || answer.Errno is ErrnoConstants.EINTR or ErrnoConstants.EAGAIN)
                {
                    continue;
                }

                return answer.Errno == 0 ? found : answer.Errno == empty ? [] : throw new NetlinkException(operation, target, answer.Errno, answer.Message, answer.Offset);
            }

            throw new NetlinkException(
                operation, target, ErrnoConstants.EAGAIN, $"the list changed during each of {DumpAttempts} attempts to read it");
        }
    }

    /// <summary>Sends a batch that the kernel takes whole or not at all; sequence numbers are those of the caller.</summary>
    /// <returns>The first error with the sequence number of its message, or null when all was taken.</returns>
    internal (uint Sequence, Acknowledgement Error)? Batch(ReadOnlySpan<byte> batch, uint last)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Open(batch);
            (uint, Acknowledgement)? first = null;
            bool acknowledged = false;
            while (true)
            {
                // The kernel commits during the send, so every answer lies ready: wait only until the last one was seen.
                ReadOnlySpan<byte> datagram = _transport.Receive(wait: !acknowledged && first is null);
                if (datagram.IsEmpty)
                {
                    _stale = false;
                    return first;
                }

                MessageReader reader = new(datagram);
                while (reader.MoveNext())
                {
                    if (reader.Header.nlmsg_type != NetlinkConstants.NLMSG_ERROR)
                    {
                        continue;
                    }

                    Acknowledgement answer = Acknowledgement.Read(reader.Header, reader.Payload) ?? throw Corrupt();
                    if (answer.Errno != 0)
                    {
                        first ??= (reader.Header.nlmsg_seq, answer);
                    }

                    acknowledged |= reader.Header.nlmsg_seq == last;
                }
            }
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

    private Acknowledgement Exchange<T>(Span<byte> message, MessageParser<T>? parser, List<T>? found, out bool interrupted)
        where T : class
    {
        uint sequence = ++_sequence;
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], sequence);
        Open(message);
        interrupted = false;
        while (true)
        {
            MessageReader reader = new(_transport.Receive(wait: true));
            while (reader.MoveNext())
            {
                nlmsghdr header = reader.Header;
                if (header.nlmsg_seq != sequence)
                {
                    continue;
                }

                interrupted |= (header.nlmsg_flags & NetlinkConstants.NLM_F_DUMP_INTR) != 0;
                switch (header.nlmsg_type)
                {
                    case NetlinkConstants.NLMSG_NOOP:
                        break;
                    case NetlinkConstants.NLMSG_OVERRUN:
                        throw new NetlinkException("receive from netlink", null, ErrnoConstants.ENOBUFS);
                    case NetlinkConstants.NLMSG_ERROR:
                    case NetlinkConstants.NLMSG_DONE:
                        Acknowledgement answer = Acknowledgement.Read(header, reader.Payload) ?? throw Corrupt();
                        _stale = false;
                        return answer;
                    default:
                        if (parser?.Invoke(header.nlmsg_type, reader.Payload) is { } value)
                        {
                            found!.Add(value);
                        }

                        break;
                }
            }

            if (reader.IsMalformed)
            {
                throw Corrupt();
            }
        }
    }

    private void Open(ReadOnlySpan<byte> message)
    {
        if (_stale)
        {
            DropStale();
        }

        _stale = true;
        _transport.Send(message);
    }

    /// <summary>An earlier exchange that ended in an exception may have left answers behind.</summary>
    private void DropStale()
    {
        try
        {
            while (!_transport.Receive(wait: false).IsEmpty)
            {
            }
        }
        catch (NetlinkException e) when (e.Errno == ErrnoConstants.ENOBUFS)
        {
            // What was lost belonged to nobody any more.
        }
    }

    private static NetlinkException Corrupt() => new("read the kernel's answer", null, ErrnoConstants.EBADMSG);
}
