using Viper.Cdp.Streaming;

namespace Viper.Cdp.Internal;

/// <summary>The commands that wait for an answer, by number, and those that are free to be used again. Safe for use by several threads.</summary>
internal sealed class PendingCalls
{
    private const int MaxFree = 256;

    private readonly Dictionary<int, PendingCall> _calls = [];
    private readonly Stack<PendingCall> _free = new();
    private readonly Lock _gate = new();
    private readonly bool _continuesInline;
    private CdpClosedException? _closed;
    private int _last;
    private int _streamed;

    internal PendingCalls(bool continuesInline) => _continuesInline = continuesInline;

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

    /// <summary>Gets a value indicating whether an answer may come that is not to be held whole.</summary>
    internal bool HasStreamed => Volatile.Read(ref _streamed) > 0;

    /// <summary>Takes a number for a call. A number comes again after four thousand million others, so that a late answer can only be its own.</summary>
    /// <exception cref="CdpClosedException">The connection has ended.</exception>
    internal PendingCall Add(ReadOnlySpan<byte> method, string? sessionId, StreamedText? stream)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                throw Again(_closed);
            }

            var call = _free.TryPop(out var free) ? free : new PendingCall(this, _continuesInline);
            do
            {
                // Chrome's numbers are of 31 bits.
                _last = _last == int.MaxValue ? 1 : _last + 1;
            }
            while (_calls.ContainsKey(_last));

            call.Begin(_last, method, sessionId, stream);
            _calls.Add(_last, call);
            _streamed += stream is null ? 0 : 1;
            return call;
        }
    }

    /// <summary>Takes a call out; null when it has been answered, cancelled, or never was.</summary>
    internal PendingCall? Take(int id)
    {
        lock (_gate)
        {
            return _calls.Remove(id, out var call) ? Counted(call) : null;
        }
    }

    /// <summary>Takes a call out that is to be streamed; null for any other.</summary>
    internal PendingCall? TakeStreamed(int id)
    {
        lock (_gate)
        {
            return _calls.TryGetValue(id, out var call) && call.Stream is not null && _calls.Remove(id) ? Counted(call) : null;
        }
    }

    /// <summary>Takes this call out, unless another has.</summary>
    internal bool TryTake(PendingCall call)
    {
        lock (_gate)
        {
            return _calls.TryGetValue(call.Id, out var found) && ReferenceEquals(found, call) && _calls.Remove(call.Id)
                && Counted(call) is not null;
        }
    }

    internal void Keep(PendingCall call)
    {
        lock (_gate)
        {
            if (_free.Count < MaxFree)
            {
                _free.Push(call);
            }
        }
    }

    internal void FailSession(string sessionId, bool crashed)
    {
        List<PendingCall> failed = [];
        lock (_gate)
        {
            foreach (var (id, call) in _calls)
            {
                if (call.SessionId == sessionId)
                {
                    failed.Add(Counted(call));
                    _calls.Remove(id);
                }
            }
        }

        failed.ForEach(call => call.SetException(new CdpSessionClosedException(sessionId, crashed)));
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
            _streamed = 0;
        }

        foreach (var call in failed)
        {
            call.SetException(Again(reason));
        }
    }

    // One exception object thrown in several places would mix their stacks.
    internal static CdpClosedException Again(CdpClosedException reason) => new(reason.Message, reason.CloseCode, reason);

    private PendingCall Counted(PendingCall call)
    {
        _streamed -= call.Stream is null ? 0 : 1;
        return call;
    }
}
