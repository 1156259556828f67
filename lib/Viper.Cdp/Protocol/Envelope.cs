using System.Text.Json;

namespace Viper.Cdp.Protocol;

/// <summary>One message of Chrome, taken apart in place: an answer (with an id) or an event (with a method).</summary>
internal readonly ref struct Envelope
{
    internal int? Id { get; private init; }

    internal ReadOnlySpan<byte> Method { get; private init; }

    /// <summary>Gets the session; empty for the browser itself.</summary>
    internal ReadOnlySpan<byte> SessionId { get; private init; }

    /// <summary>Gets the result, the error or the parameters; empty where there are none.</summary>
    internal ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>Gets where the content begins in the message.</summary>
    internal int ContentStart { get; private init; }

    internal bool IsError { get; private init; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It is not a JSON object of the protocol's form.</exception>
    internal static Envelope Read(ReadOnlySpan<byte> utf8)
    {
        int? id = null;
        ReadOnlySpan<byte> method = default, sessionId = default, content = default;
        var start = 0;
        var isError = false;
        var reader = new Utf8JsonReader(utf8, CdpRead.Options);
        CdpRead.Object(ref reader);
        while (CdpRead.NextMember(ref reader, out var name))
        {
            if (name.SequenceEqual("id"u8))
            {
                id = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : id;
            }
            else if (name.SequenceEqual("method"u8))
            {
                method = Text(ref reader);
            }
            else if (name.SequenceEqual("sessionId"u8))
            {
                sessionId = Text(ref reader);
            }
            else if (name.SequenceEqual("result"u8) || name.SequenceEqual("params"u8) || name.SequenceEqual("error"u8))
            {
                isError |= name.SequenceEqual("error"u8);
                start = (int)reader.TokenStartIndex;
                content = CdpRead.SliceHere(ref reader, utf8);
                continue;
            }

            reader.Skip();
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
        {
            throw new JsonException("A message is not one object.");
        }

        return new Envelope { Id = id, Method = method, SessionId = sessionId, Content = content, ContentStart = start, IsError = isError };
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? throw new JsonException("A member that is a text in the protocol is none.")
        : !reader.ValueIsEscaped ? reader.ValueSpan
        : System.Text.Encoding.UTF8.GetBytes(CdpRead.Text(ref reader));
}
