namespace Viper.Cdp;

/// <summary>The target of a session was closed, has crashed or was detached; the connection is still usable.</summary>
public sealed class CdpSessionClosedException : CdpException
{
    internal CdpSessionClosedException(string sessionId, bool crashed)
        : base(crashed ? "The page has crashed." : "The page was closed, or the session was detached from it.")
    {
        SessionId = sessionId;
        HasCrashed = crashed;
    }

    /// <summary>Gets the session that has ended.</summary>
    public string SessionId { get; }

    /// <summary>Gets a value indicating whether the target's process has crashed.</summary>
    public bool HasCrashed { get; }
}
