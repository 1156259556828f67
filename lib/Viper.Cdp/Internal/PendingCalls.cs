namespace Viper.Cdp.Internal;

/// <summary>The commands that wait for an answer, by number. Safe for use by several threads.</summary>
internal sealed class PendingCalls
{
    private readonly Dictionary<int, PendingCall> _calls = [];
    private readonly Lock _gate = new();
    private CdpClosedException? _closed;
    private int _last;

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>Takes a number for a call. Numbers are not used twice, so that a late answer can only be its own.</summary>
    /// <exception cref="CdpClosedException">The connection has ended.</exception>
    internal int Add(PendingCall call)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                throw Again(_closed);
            }

            _calls.Add(++_last, call);
            return _last;
        }
    }

    /// <summary>Takes a call out; null when it has been answered, cancelled, or never was.</summary>
    internal PendingCall? Remove(int id)
    {
        lock (_gate)
        {
            return _calls.Remove(id, out var call) ? call : null;
        }
    }

    internal void FailSession(string sessionId, CdpSessionClosedException reason)
    {
        List<PendingCall> failed = [];
        lock (_gate)
        {
            foreach (var (id, call) in _calls)
            {
                if (call.SessionId == sessionId)
                {
                    failed.Add(call);
                    _calls.Remove(id);
                }
            }
        }

        failed.ForEach(call => call.TrySetException(new CdpSessionClosedException(sessionId, reason.HasCrashed)));
    }

    /// <summary>Fails every call, and every later one; only the first reason counts.</summary>
    internal void Close(CdpClosedException reason)
    {
        PendingCall[] failed;
        lock (_gate)
        {
            if (_closed is not null)
            {
                return;
            }

            _closed = reason;
            failed = [.. _calls.Values];
            _calls.Clear();
        }

        foreach (var call in failed)
        {
            call.TrySetException(Again(reason));
        }
    }

    // One exception object thrown in several places would mix their stacks.
    private static CdpClosedException Again(CdpClosedException reason) => new(reason.Message, reason.CloseCode, reason);
}
