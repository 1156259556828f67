using System.Runtime.ExceptionServices;

using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Internal;

internal sealed partial class NetlinkChannel
{
    /// <summary>Reads, on the caller's thread, until the exchange has its answer; what belongs to others is handed to them.</summary>
    private void Await(Exchange exchange, CancellationToken cancellationToken)
    {
        while (true)
        {
            // One datagram for each turn of the lock: nobody waits for another's whole list.
            lock (_gate)
            {
                if (exchange.IsDone)
                {
                    exchange.Failure?.Throw();
                    return;
                }

                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    Dispatch(_transport.Receive(wait: true));
                }
                catch (NetlinkException e) when (e.Errno is ErrnoConstants.ENOBUFS or ErrnoConstants.EMSGSIZE)
                {
                    LoseAll(e.Errno);
                }
            }
        }
    }

    /// <summary>Takes what lies ready: the rest of a list that nobody waits for, or of a refused batch.</summary>
    private void Drain()
    {
        lock (_gate)
        {
            while (true)
            {
                try
                {
                    ReadOnlySpan<byte> datagram = _transport.Receive(wait: false);
                    if (datagram.IsEmpty)
                    {
                        return;
                    }

                    Dispatch(datagram);
                }
                catch (NetlinkException e) when (e.Errno is ErrnoConstants.ENOBUFS or ErrnoConstants.EMSGSIZE)
                {
                    LoseAll(e.Errno);
                }
                catch (NetlinkException e) when (e.Errno == ErrnoConstants.EBADMSG)
                {
                    // It belonged to nobody that is still there.
                }
            }
        }
    }

    private void Dispatch(ReadOnlySpan<byte> datagram)
    {
        Interlocked.Add(ref _received, datagram.Length);
        Exchange? owner = null;
        MessageReader reader = new(datagram);
        while (reader.MoveNext())
        {
            nlmsghdr header = reader.Header;
            if (owner is null || !owner.Owns(header.nlmsg_seq))
            {
                owner = Find(header.nlmsg_seq);
            }

            if (owner is { IsDone: false })
            {
                Take(owner, header, reader.Payload);
            }
        }

        if (reader.IsMalformed)
        {
            throw Corrupt();
        }
    }

    private static void Take(Exchange owner, in nlmsghdr header, ReadOnlySpan<byte> payload)
    {
        owner.IsInterrupted |= (header.nlmsg_flags & NetlinkConstants.NLM_F_DUMP_INTR) != 0;
        switch (header.nlmsg_type)
        {
            case NetlinkConstants.NLMSG_NOOP:
                break;
            case NetlinkConstants.NLMSG_OVERRUN:
                owner.LostErrno = ErrnoConstants.ENOBUFS;
                owner.IsDone = true;
                break;
            case NetlinkConstants.NLMSG_ERROR:
            case NetlinkConstants.NLMSG_DONE:
                Acknowledgement answer = Acknowledgement.Read(header, payload) ?? throw Corrupt();
                owner.Answer = answer;
                owner.AnsweredSequence = header.nlmsg_seq;
                // Of a batch only the last message is acknowledged, but every refusal is told.
                owner.IsDone = answer.Errno != 0 || header.nlmsg_seq == owner.Last;
                break;
            default:
                Hand(owner, header.nlmsg_type, payload);
                break;
        }
    }

    private static void Hand(Exchange owner, int type, ReadOnlySpan<byte> payload)
    {
        try
        {
            owner.Handler?.Invoke(owner.Receiver!, type, payload);
        }
#pragma warning disable CA1031 // It belongs to whoever sent the request, who need not be the thread that reads.
        catch (Exception e)
#pragma warning restore CA1031
        {
            owner.Failure = ExceptionDispatchInfo.Capture(e);
            owner.IsDone = true;
        }
    }

    private Exchange? Find(uint sequence)
    {
        foreach (Exchange exchange in _inFlight)
        {
            if (exchange.Owns(sequence))
            {
                return exchange;
            }
        }

        return null;
    }

    /// <summary>Something was dropped, and nobody can tell whose it was.</summary>
    private void LoseAll(int errno)
    {
        foreach (Exchange exchange in _inFlight)
        {
            exchange.LostErrno = errno;
            exchange.IsDone = true;
        }
    }

    private static NetlinkException Corrupt() => new("read the kernel's answer", null, ErrnoConstants.EBADMSG);
}
