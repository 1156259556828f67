using System.Text;

namespace Viper.Cdp.Internal;

/// <summary>Who hears one event of one session.</summary>
internal abstract class EventSink
{
    private readonly byte[] _session;

    /// <param name="method">The event's name.</param>
    /// <param name="sessionId">The session; null for the browser's own events.</param>
    private protected EventSink(ReadOnlySpan<byte> method, string? sessionId)
    {
        Method = method.ToArray();
        SessionId = sessionId;
        _session = Encoding.UTF8.GetBytes(sessionId ?? string.Empty);
    }

    internal byte[] Method { get; }

    internal string? SessionId { get; }

    internal ReadOnlySpan<byte> Session => _session;

    /// <summary>Hears an event, on the receive loop.</summary>
    internal abstract void Publish(CdpEventView next);

    /// <summary>Nothing will come any more.</summary>
    internal abstract void Fail(CdpException reason);
}
