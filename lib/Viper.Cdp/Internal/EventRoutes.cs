namespace Viper.Cdp.Internal;

/// <summary>Who hears which event; an event's way is found by its bytes, without strings. Safe for use by several threads.</summary>
internal sealed class EventRoutes
{
    private readonly Dictionary<byte[], EventSink[]> _byMethod = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], EventSink[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Lock _gate = new();
    private CdpException? _closed;

    internal EventRoutes() => _lookup = _byMethod.GetAlternateLookup<ReadOnlySpan<byte>>();

    internal void Add(EventSink sink)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                sink.Fail(_closed);
                return;
            }

            // Lists are replaced and not changed, so that who goes through one needs no lock.
            _byMethod[sink.Method] = _byMethod.TryGetValue(sink.Method, out var others) ? [.. others, sink] : [sink];
        }
    }

    internal void Remove(EventSink sink)
    {
        lock (_gate)
        {
            if (_byMethod.TryGetValue(sink.Method, out var list) && list.Contains(sink))
            {
                if (list.Length == 1)
                {
                    _byMethod.Remove(sink.Method);
                }
                else
                {
                    _byMethod[sink.Method] = [.. list.Where(other => other != sink)];
                }
            }
        }
    }

    internal void Publish(CdpEventView next)
    {
        EventSink[]? list;
        lock (_gate)
        {
            if (!_lookup.TryGetValue(next.Method, out list))
            {
                return;
            }
        }

        foreach (var sink in list)
        {
            if (sink.Session.SequenceEqual(next.SessionId))
            {
                sink.Publish(next);
            }
        }
    }

    internal void FailSession(string sessionId, CdpSessionClosedException reason)
    {
        foreach (var sink in All(close: null))
        {
            if (sink.SessionId == sessionId)
            {
                sink.Fail(reason);
            }
        }
    }

    internal void Close(CdpException reason)
    {
        foreach (var sink in All(reason))
        {
            sink.Fail(reason);
        }
    }

    private EventSink[] All(CdpException? close)
    {
        lock (_gate)
        {
            EventSink[] all = [.. _byMethod.Values.SelectMany(static list => list)];
            if (close is not null)
            {
                _closed ??= close;
                _byMethod.Clear();
            }

            return all;
        }
    }
}
