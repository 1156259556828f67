using System.Text.Json;

namespace Viper.Cdp.Protocol;

/// <summary>One message of Chrome, taken apart: an answer (with an id) or an event (with a method).</summary>
internal readonly record struct IncomingMessage
{
    internal int? Id { get; private init; }

    internal string? Method { get; private init; }

    internal string? SessionId { get; private init; }

    /// <summary>Gets the result, the error or the parameters; owned, not a view of the received bytes.</summary>
    internal JsonElement Content { get; private init; }

    internal bool IsError { get; private init; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It is not a JSON object of the protocol's form.</exception>
    internal static IncomingMessage Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var message = default(IncomingMessage);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A message is not an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            message = ReadMember(ref reader, message);
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
        {
            throw new JsonException("A message is not one object.");
        }

        return message;
    }

    private static IncomingMessage ReadMember(ref Utf8JsonReader reader, IncomingMessage message)
    {
        if (reader.ValueTextEquals("id"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var id) ? message with { Id = id } : message;
        }

        if (reader.ValueTextEquals("method"u8))
        {
            return message with { Method = ReadText(ref reader) };
        }

        if (reader.ValueTextEquals("sessionId"u8))
        {
            return message with { SessionId = ReadText(ref reader) };
        }

        var isError = reader.ValueTextEquals("error"u8);
        if (isError || reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("params"u8))
        {
            reader.Read();
            return message with { Content = JsonElement.ParseValue(ref reader), IsError = isError || message.IsError };
        }

        reader.Read();
        reader.Skip();
        return message;
    }

    private static string ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("A member that is a text in the protocol is none.");
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("A text is not valid UTF-8.", error);
        }
    }
}
