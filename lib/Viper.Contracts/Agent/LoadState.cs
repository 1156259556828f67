using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>How far a document is loaded.</summary>
[JsonConverter(typeof(StrictEnumConverter<LoadState>))]
public enum LoadState
{
    /// <summary>The page and what it embeds have loaded.</summary>
    [JsonStringEnumMemberName("load")]
    Load,

    /// <summary>The document has been parsed.</summary>
    [JsonStringEnumMemberName("domcontentloaded")]
    DomContentLoaded,
}
