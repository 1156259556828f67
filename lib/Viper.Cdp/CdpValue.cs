using System.Text;
using System.Text.Json;
using Viper.Cdp.Protocol;

namespace Viper.Cdp;

/// <summary>Any JSON value, with bytes of its own: what the protocol calls <c>any</c> or an object of no stated form.</summary>
/// <remarks>The default value is an absent one. Two values are equal when their bytes are.</remarks>
public readonly struct CdpValue : IEquatable<CdpValue>
{
    private readonly byte[]? _utf8;

    private CdpValue(byte[] utf8) => _utf8 = utf8;

    /// <summary>Gets the value in place.</summary>
    public CdpJson Json => new(_utf8);

    /// <summary>Tells whether two values have the same bytes.</summary>
    public static bool operator ==(CdpValue left, CdpValue right) => left.Equals(right);

    /// <summary>Tells whether two values differ in their bytes.</summary>
    public static bool operator !=(CdpValue left, CdpValue right) => !left.Equals(right);

    /// <summary>Makes a value of JSON.</summary>
    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static CdpValue Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var utf8 = Encoding.UTF8.GetBytes(json);
        var reader = CdpRead.Begin(utf8);
        var value = Read(ref reader);
        return reader.Read() ? throw new JsonException("There is more than one value.") : value;
    }

    /// <summary>Makes a value of a text.</summary>
    public static CdpValue From(string text)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStringValue(text);
        }

        return new CdpValue(buffer.WrittenSpan.ToArray());
    }

    /// <summary>Tells whether the other has the same bytes.</summary>
    public bool Equals(CdpValue other) => Json.Utf8.SequenceEqual(other.Json.Utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CdpValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Json.Utf8);
        return hash.ToHashCode();
    }

    /// <summary>Gives the JSON as text.</summary>
    public override string ToString() => Json.ToString();

    internal static CdpValue Read(ref Utf8JsonReader reader)
    {
        // The token stands within the reader's own span; a reader gives it back only token by token.
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return reader.TokenType == JsonTokenType.String ? new CdpValue(Quoted(reader.ValueSpan)) : new CdpValue(reader.ValueSpan.ToArray());
        }

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            JsonElement.ParseValue(ref reader).WriteTo(writer);
        }

        return new CdpValue(buffer.WrittenSpan.ToArray());
    }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        if (_utf8 is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(_utf8, skipInputValidation: true);
        }
    }

    private static byte[] Quoted(ReadOnlySpan<byte> text)
    {
        var quoted = new byte[text.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        text.CopyTo(quoted.AsSpan(1));
        return quoted;
    }
}
