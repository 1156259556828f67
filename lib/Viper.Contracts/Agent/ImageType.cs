using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The format of a screenshot.</summary>
[JsonConverter(typeof(StrictEnumConverter<ImageType>))]
public enum ImageType
{
    /// <summary>PNG.</summary>
    [JsonStringEnumMemberName("png")]
    Png,

    /// <summary>JPEG.</summary>
    [JsonStringEnumMemberName("jpeg")]
    Jpeg,

    /// <summary>WebP.</summary>
    [JsonStringEnumMemberName("webp")]
    Webp,
}
