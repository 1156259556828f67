namespace Viper.Cdp.Internal;

/// <summary>A handler of the caller's.</summary>
internal sealed class HandlerSink : EventSink, IDisposable
{
    private readonly EventRoutes _routes;
    private readonly CdpEventHandler _handler;

    internal HandlerSink(EventRoutes routes, ReadOnlySpan<byte> method, string? sessionId, CdpEventHandler handler)
        : base(method, sessionId)
    {
        _routes = routes;
        _handler = handler;
    }

    public void Dispose() => _routes.Remove(this);

    internal override void Publish(CdpEventView next) => _handler(next);

    internal override void Fail(CdpException reason)
    {
        // Handlers hear events; the end is told by the connection.
    }
}
