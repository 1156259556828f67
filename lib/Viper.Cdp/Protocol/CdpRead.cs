using System.Text.Json;

namespace Viper.Cdp.Protocol;

/// <summary>The small steps of reading the protocol's JSON; generated code is made of them.</summary>
internal static class CdpRead
{
    // A page's tree may be as deep as it likes; Chrome itself stops at some hundreds.
    internal static readonly JsonReaderOptions Options = new() { MaxDepth = 1024 };

    /// <summary>A reader at the value's first token.</summary>
    internal static Utf8JsonReader Begin(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        reader.Read();
        return reader;
    }

    /// <summary>Goes to the object's next name; false at its end. From the object's first token on, or from a member's last.</summary>
    internal static bool NextMember(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes to the object's next member: its name, with the reader at its value's first token.</summary>
    /// <remarks>A name with escapes, which the protocol has nowhere, is like none that is known.</remarks>
    internal static bool NextMember(ref Utf8JsonReader reader, out ReadOnlySpan<byte> name)
    {
        if (!NextMember(ref reader))
        {
            name = default;
            return false;
        }

        name = reader.ValueSpan;
        reader.Read();
        return true;
    }

    /// <summary>Goes into an object.</summary>
    /// <exception cref="JsonException">This is none.</exception>
    internal static void Object(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.None)
        {
            reader.Read();
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"An object was expected, not {reader.TokenType}.");
        }
    }

    /// <summary>The bytes of the value behind a name.</summary>
    internal static ReadOnlySpan<byte> Slice(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> whole)
    {
        reader.Read();
        return SliceHere(ref reader, whole);
    }

    /// <summary>The bytes of the value whose first token this is.</summary>
    internal static ReadOnlySpan<byte> SliceHere(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> whole)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return whole[start..(int)reader.BytesConsumed];
    }

    /// <summary>The string whose token this is; empty where it is null.</summary>
    /// <exception cref="JsonException">It is no string, or not valid.</exception>
    internal static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? string.Empty;
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("A text of the protocol is none.", error);
        }
    }

    internal static int Int32(ref Utf8JsonReader reader) => (int)Math.Clamp(Double(ref reader), int.MinValue, int.MaxValue);

    internal static double Double(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value)
            ? value
            : reader.TokenType == JsonTokenType.Null ? 0 : throw new JsonException($"A number was expected, not {reader.TokenType}.");

    internal static bool Boolean(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw new JsonException($"A truth value was expected, not {reader.TokenType}."),
    };

    internal static T Record<T>(ref Utf8JsonReader reader)
        where T : ICdpReadable<T> =>
        T.Read(ref reader);

    internal static byte[] Bytes(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw new JsonException("Base64 was expected.");

    internal static IReadOnlyList<T> List<T>(ref Utf8JsonReader reader, ItemReader<T> read)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.TokenType == JsonTokenType.Null ? [] : throw new JsonException($"An array was expected, not {reader.TokenType}.");
        }

        List<T>? items = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            (items ??= []).Add(read(ref reader));
        }

        return items is null ? [] : items;
    }

    internal delegate T ItemReader<out T>(ref Utf8JsonReader reader);
}
