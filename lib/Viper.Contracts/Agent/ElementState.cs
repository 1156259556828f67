using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>How an element is.</summary>
[JsonConverter(typeof(StrictEnumConverter<ElementState>))]
public enum ElementState
{
    /// <summary>It has a size and is not hidden.</summary>
    [JsonStringEnumMemberName("visible")]
    Visible,

    /// <summary>It is absent, has no size, or is hidden.</summary>
    [JsonStringEnumMemberName("hidden")]
    Hidden,

    /// <summary>It is in the document.</summary>
    [JsonStringEnumMemberName("attached")]
    Attached,

    /// <summary>It is not in the document.</summary>
    [JsonStringEnumMemberName("detached")]
    Detached,
}
