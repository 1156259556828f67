using System.Text;
using System.Text.Json;
using Viper.Cdp.Protocol;

namespace Viper.Cdp;

/// <summary>A JSON value read in place: a view of received bytes that searches when it is asked and copies nothing.</summary>
/// <remarks>Valid as long as its bytes are: until the reply is disposed, or the event's handler returns. The default value is an absent one.</remarks>
public readonly ref struct CdpJson : ICdpView<CdpJson>
{
    /// <summary>Makes a view of one JSON value.</summary>
    /// <param name="utf8">The value, with nothing around it; empty for an absent one.</param>
    public CdpJson(ReadOnlySpan<byte> utf8) => Utf8 = utf8;

    /// <summary>Gets the value's bytes as they stand in the message.</summary>
    public ReadOnlySpan<byte> Utf8 { get; }

    /// <summary>Gets a value indicating whether there is a value, be it null.</summary>
    public bool IsPresent => !Utf8.IsEmpty;

    /// <summary>Gets the kind; <see cref="JsonValueKind.Undefined"/> for an absent value.</summary>
    public JsonValueKind Kind => Utf8.IsEmpty ? JsonValueKind.Undefined : Utf8[0] switch
    {
        (byte)'{' => JsonValueKind.Object,
        (byte)'[' => JsonValueKind.Array,
        (byte)'"' => JsonValueKind.String,
        (byte)'t' => JsonValueKind.True,
        (byte)'f' => JsonValueKind.False,
        (byte)'n' => JsonValueKind.Null,
        _ => JsonValueKind.Number,
    };

    /// <summary>Gets a member's value by its name; absent where this is no object or has no such member.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public CdpJson this[ReadOnlySpan<byte> name]
    {
        get
        {
            if (Kind != JsonValueKind.Object)
            {
                return default;
            }

            var reader = CdpRead.Begin(Utf8);
            while (CdpRead.NextMember(ref reader))
            {
                var found = reader.ValueTextEquals(name);
                var value = CdpRead.Slice(ref reader, Utf8);
                if (found)
                {
                    return new CdpJson(value);
                }
            }

            return default;
        }
    }

    static CdpJson ICdpView<CdpJson>.Of(CdpJson json) => json;

    /// <summary>Tells whether this is the string.</summary>
    public bool TextEquals(ReadOnlySpan<byte> utf8)
    {
        if (Kind != JsonValueKind.String)
        {
            return false;
        }

        var reader = CdpRead.Begin(Utf8);
        return reader.ValueTextEquals(utf8);
    }

    /// <summary>Copies the string; null where this is none.</summary>
    public string? GetString()
    {
        if (Kind != JsonValueKind.String)
        {
            return null;
        }

        var reader = CdpRead.Begin(Utf8);
        return CdpRead.Text(ref reader);
    }

    /// <summary>Copies the string as UTF-8, without its escapes.</summary>
    /// <param name="target">Room for as many bytes as <see cref="Utf8"/> has.</param>
    /// <returns>How many bytes it has; -1 where this is no string, or no valid one.</returns>
    public int CopyText(Span<byte> target)
    {
        if (Kind != JsonValueKind.String)
        {
            return -1;
        }

        try
        {
            var reader = CdpRead.Begin(Utf8);
            return reader.CopyString(target);
        }
        catch (Exception error) when (error is InvalidOperationException or JsonException)
        {
            return -1;
        }
    }

    /// <summary>Gets the number; null where this is none, or not a whole one of 32 bits.</summary>
    public int? GetInt32()
    {
        if (Kind != JsonValueKind.Number)
        {
            return null;
        }

        var reader = CdpRead.Begin(Utf8);
        return reader.TryGetInt32(out var value) ? value : null;
    }

    /// <summary>Gets the number; null where this is none.</summary>
    public double? GetDouble()
    {
        if (Kind != JsonValueKind.Number)
        {
            return null;
        }

        var reader = CdpRead.Begin(Utf8);
        return reader.TryGetDouble(out var value) ? value : null;
    }

    /// <summary>Gets the truth value; null where this is none.</summary>
    public bool? GetBoolean() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>Goes through the elements; none where this is no array.</summary>
    public CdpItems<CdpJson> EnumerateArray() => new(this);

    /// <summary>Reads a record of it.</summary>
    /// <exception cref="JsonException">The value is not of the record's form.</exception>
    public T Read<T>()
        where T : ICdpReadable<T>
    {
        var reader = CdpRead.Begin(Utf8.IsEmpty ? "{}"u8 : Utf8);
        return T.Read(ref reader);
    }

    /// <summary>Copies the value into an element of its own; undefined where it is absent.</summary>
    public JsonElement ToElement()
    {
        if (Utf8.IsEmpty)
        {
            return default;
        }

        var reader = new Utf8JsonReader(Utf8, CdpRead.Options);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Copies the JSON as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8);
}
