namespace Viper.Agent.Server;

/// <summary>An answer: always with a body of known length.</summary>
internal sealed record AgentResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Gets one more header line (<c>Allow: GET</c>), without its line end; null for none.</summary>
    internal string? Header { get; init; }

    /// <summary>Gets a value indicating whether the connection ends with this answer.</summary>
    internal bool Close { get; init; }
}
