using System.Text.Json;

namespace Viper.Daemon.Relay;

/// <summary>A command as a DevTools client sent it.</summary>
/// <param name="Id">The client's number for it; null where it has none, and gets no answer.</param>
/// <param name="Method">Such as <c>Browser.close</c>.</param>
/// <param name="SessionId">The session that it is for; null for the connection's own.</param>
/// <param name="Parameters">The parameters; undefined where there are none.</param>
internal sealed record CdpCommand(long? Id, string Method, string? SessionId, JsonElement Parameters)
{
    // Of two members of a name Chrome might take the other.
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 512 };

    /// <summary>Reads a message; null where it is no command, or could be read as more than one.</summary>
    internal static CdpCommand? TryRead(ReadOnlyMemory<byte> message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message, s_strict);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("method", out JsonElement method) || method.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            return new CdpCommand(
                root.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out long number) ? number : null,
                method.GetString()!,
                root.TryGetProperty("sessionId", out JsonElement session) && session.ValueKind == JsonValueKind.String ? session.GetString() : null,
                root.TryGetProperty("params", out JsonElement parameters) ? parameters.Clone() : default);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
