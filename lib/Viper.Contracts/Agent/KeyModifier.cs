using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>A key that is held.</summary>
[JsonConverter(typeof(StrictEnumConverter<KeyModifier>))]
public enum KeyModifier
{
    /// <summary>Alt.</summary>
    [JsonStringEnumMemberName("alt")]
    Alt,

    /// <summary>Control.</summary>
    [JsonStringEnumMemberName("control")]
    Control,

    /// <summary>Meta, also called Command or Windows.</summary>
    [JsonStringEnumMemberName("meta")]
    Meta,

    /// <summary>Shift.</summary>
    [JsonStringEnumMemberName("shift")]
    Shift,
}
