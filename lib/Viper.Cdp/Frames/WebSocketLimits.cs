namespace Viper.Cdp.Frames;

/// <summary>What a peer may send at most; beyond it the connection is ended with code 1009.</summary>
public sealed record WebSocketLimits
{
    /// <summary>Gets the limits that hold where none are named.</summary>
    public static WebSocketLimits Default { get; } = new();

    /// <summary>Gets the largest message in bytes, all of its fragments together; 256 MiB.</summary>
    public long MaxMessageBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Gets the largest number of fragments of a message; 1,048,576.</summary>
    public int MaxFragments { get; init; } = 1024 * 1024;

    /// <summary>Gets the largest head of a handshake in bytes; 16 KiB.</summary>
    public int MaxHandshakeBytes { get; init; } = 16 * 1024;
}
