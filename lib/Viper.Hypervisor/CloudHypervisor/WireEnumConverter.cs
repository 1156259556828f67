using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Writes the members of an enum by their names and reads names that it does not know as the value -1.</summary>
/// <remarks>
/// Names are compared as they stand, since the program does so. Unlike the framework's converter it takes neither numbers nor lists
/// of names, and a name of a later version does not make the whole answer unreadable.
/// </remarks>
internal sealed class WireEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    // First, since the tables are made with it.
    private static readonly T s_unrecognized = (T)Enum.ToObject(typeof(T), -1);

    private static readonly FrozenDictionary<string, T> s_values =
        Enum.GetValues<T>().Where(IsOnTheWire).ToFrozenDictionary(static value => value.ToString(), StringComparer.Ordinal);

    private static readonly FrozenDictionary<T, JsonEncodedText> s_names =
        s_values.ToFrozenDictionary(static pair => pair.Value, static pair => JsonEncodedText.Encode(pair.Key));

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? s_values.GetValueOrDefault(reader.GetString()!, s_unrecognized)
            : throw new JsonException($"A name of {typeof(T).Name} was expected.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (!s_names.TryGetValue(value, out JsonEncodedText name))
        {
            throw new JsonException($"{typeof(T).Name} has no name for the value {value}, so it cannot be sent.");
        }

        writer.WriteStringValue(name);
    }

    private static bool IsOnTheWire(T value) => !value.Equals(s_unrecognized);
}
