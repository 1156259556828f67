namespace Viper.Cdp;

/// <summary>An event in place: a view of the received bytes.</summary>
public readonly ref struct CdpEventView
{
    internal CdpEventView(ReadOnlySpan<byte> method, ReadOnlySpan<byte> sessionId, ReadOnlySpan<byte> parameters)
    {
        Method = method;
        SessionId = sessionId;
        Parameters = new CdpJson(parameters);
    }

    /// <summary>Gets the name (<c>Page.loadEventFired</c>).</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>Gets the session; empty for the browser's own.</summary>
    public ReadOnlySpan<byte> SessionId { get; }

    /// <summary>Gets the parameters; absent where there are none.</summary>
    public CdpJson Parameters { get; }
}
