using Viper.Cdp.Frames;

namespace Viper.Cdp;

/// <summary>How a connection works.</summary>
public sealed record CdpConnectionOptions
{
    /// <summary>Gets the options that hold where none are named.</summary>
    public static CdpConnectionOptions Default { get; } = new();

    /// <summary>Gets how long connecting may take, the handshake included; 30 seconds. <see cref="Timeout.InfiniteTimeSpan"/> for no bound.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets which threads are used.</summary>
    public CdpThreading Threading { get; init; }

    /// <summary>Gets what Chrome may send at most.</summary>
    public WebSocketLimits Limits { get; init; } = WebSocketLimits.Default;

    /// <summary>
    /// Gets how many bytes of commands may wait for a peer that does not read before further commands fail with
    /// <see cref="CdpOverflowException"/>; 64 MiB.
    /// </summary>
    public long MaxUnsentBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Gets further headers of the WebSocket handshake; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}
