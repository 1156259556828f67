namespace Viper.Agent.Server;

/// <summary>An answer: with its whole body, or with one that is written as it comes to be.</summary>
internal sealed record AgentResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Gets what is written instead of <see cref="Body"/>; disposed with the answer. Null for none.</summary>
    internal ResponseContent? Content { get; init; }

    /// <summary>Gets a value indicating whether the head alone is sent, as HEAD wants it.</summary>
    internal bool HeadOnly { get; init; }

    /// <summary>Gets further header lines (<c>Allow: GET</c>), parted by CRLF; null for none.</summary>
    internal string? Header { get; init; }

    /// <summary>Gets a value indicating whether the connection ends with this answer.</summary>
    internal bool Close { get; init; }
}
