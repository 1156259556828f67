using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>Writes an enumeration by the names of its members, and reads names alone: a number is an error.</summary>
internal sealed class StrictEnumConverter<TEnum> : JsonStringEnumConverter<TEnum>
    where TEnum : struct, Enum
{
    public StrictEnumConverter()
        : base(namingPolicy: null, allowIntegerValues: false)
    {
    }
}
