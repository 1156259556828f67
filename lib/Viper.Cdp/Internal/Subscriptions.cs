using System.Text.Json;

namespace Viper.Cdp.Internal;

/// <summary>Who hears which event. Safe for use by several threads.</summary>
internal sealed class Subscriptions
{
    private readonly Dictionary<(string Method, string? SessionId), List<CdpSubscription>> _byEvent = [];
    private readonly Lock _gate = new();
    private CdpException? _closed;

    internal void Add(CdpSubscription subscription)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                subscription.Fail(_closed);
                return;
            }

            var key = (subscription.Method, subscription.SessionId);
            if (!_byEvent.TryGetValue(key, out var list))
            {
                _byEvent.Add(key, list = []);
            }

            list.Add(subscription);
        }
    }

    internal void Remove(CdpSubscription subscription)
    {
        lock (_gate)
        {
            var key = (subscription.Method, subscription.SessionId);
            if (_byEvent.TryGetValue(key, out var list) && list.Remove(subscription) && list.Count == 0)
            {
                _byEvent.Remove(key);
            }
        }
    }

    internal bool Wants(string method, string? sessionId)
    {
        lock (_gate)
        {
            return _byEvent.ContainsKey((method, sessionId));
        }
    }

    internal void Publish(string method, string? sessionId, JsonElement parameters)
    {
        lock (_gate)
        {
            if (_byEvent.TryGetValue((method, sessionId), out var list))
            {
                foreach (var subscription in list)
                {
                    subscription.Publish(new CdpEvent(method, sessionId, parameters));
                }
            }
        }
    }

    internal void FailSession(string sessionId, CdpSessionClosedException reason)
    {
        lock (_gate)
        {
            foreach (var (key, list) in _byEvent)
            {
                if (key.SessionId == sessionId)
                {
                    list.ForEach(subscription => subscription.Fail(reason));
                }
            }
        }
    }

    internal void Close(CdpException reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            foreach (var list in _byEvent.Values)
            {
                list.ForEach(subscription => subscription.Fail(reason));
            }

            _byEvent.Clear();
        }
    }
}
