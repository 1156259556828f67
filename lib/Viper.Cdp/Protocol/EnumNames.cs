using System.Text.Json;

namespace Viper.Cdp.Protocol;

/// <summary>The names of an enum's values on the wire, parted by spaces; the first belongs to 1, and 0 is a value that is not known.</summary>
internal static class EnumNames
{
    internal static T Find<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> names)
        where T : unmanaged, Enum
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException($"A text was expected, not {reader.TokenType}.");
        }

        var index = 1;
        foreach (var range in names.Split((byte)' '))
        {
            if (reader.ValueTextEquals(names[range]))
            {
                return ToEnum<T>(index);
            }

            index++;
        }

        return default;
    }

    internal static T? Find<T>(CdpJson json, ReadOnlySpan<byte> names)
        where T : unmanaged, Enum
    {
        if (json.Kind != JsonValueKind.String)
        {
            return null;
        }

        var reader = CdpRead.Begin(json.Utf8);
        return Find<T>(ref reader, names);
    }

    /// <exception cref="ArgumentOutOfRangeException">The value has no name.</exception>
    internal static ReadOnlySpan<byte> NameOf<T>(T value, ReadOnlySpan<byte> names)
        where T : unmanaged, Enum
    {
        var wanted = FromEnum(value);
        foreach (var range in names.Split((byte)' '))
        {
            if (--wanted == 0)
            {
                return names[range];
            }
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, $"The protocol has no name for {typeof(T).Name} {value}.");
    }

    private static T ToEnum<T>(int index)
        where T : unmanaged, Enum =>
        System.Runtime.CompilerServices.Unsafe.BitCast<int, T>(index);

    private static int FromEnum<T>(T value)
        where T : unmanaged, Enum =>
        System.Runtime.CompilerServices.Unsafe.BitCast<T, int>(value);
}
