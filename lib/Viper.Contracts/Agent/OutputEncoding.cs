using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>How bytes of a program stand in a JSON string.</summary>
[JsonConverter(typeof(StrictEnumConverter<OutputEncoding>))]
public enum OutputEncoding
{
    /// <summary>As text: the bytes are valid UTF-8.</summary>
    [JsonStringEnumMemberName("utf-8")]
    Utf8,

    /// <summary>As Base64: the bytes are not valid UTF-8.</summary>
    [JsonStringEnumMemberName("base64")]
    Base64,
}
