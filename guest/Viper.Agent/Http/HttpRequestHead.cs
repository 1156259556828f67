namespace Viper.Agent.Http;

/// <summary>The head of a request in origin form.</summary>
internal sealed class HttpRequestHead : HttpHead
{
    internal required string Method { get; init; }

    /// <summary>Gets the path and, after a question mark, the query, as they came.</summary>
    internal required string Target { get; init; }

    internal ReadOnlySpan<char> Path => QueryAt < 0 ? Target : Target.AsSpan(0, QueryAt);

    /// <summary>Gets the query without its question mark; empty when there is none.</summary>
    internal ReadOnlySpan<char> Query => QueryAt < 0 ? default : Target.AsSpan(QueryAt + 1);

    internal bool IsWebSocketUpgrade =>
        Headers.HasToken("Connection", "Upgrade") && Headers.HasToken("Upgrade", "websocket");

    private int QueryAt => Target.IndexOf('?', StringComparison.Ordinal);
}
