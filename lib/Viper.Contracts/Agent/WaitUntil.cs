using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The moment of a navigation that a caller waits for.</summary>
[JsonConverter(typeof(StrictEnumConverter<WaitUntil>))]
public enum WaitUntil
{
    /// <summary>The page and what it embeds have loaded.</summary>
    [JsonStringEnumMemberName("load")]
    Load,

    /// <summary>The document has been parsed.</summary>
    [JsonStringEnumMemberName("domcontentloaded")]
    DomContentLoaded,

    /// <summary>The network has been idle for half a second.</summary>
    [JsonStringEnumMemberName("networkidle")]
    NetworkIdle,

    /// <summary>The answer has begun and the new document has replaced the old one.</summary>
    [JsonStringEnumMemberName("commit")]
    Commit,
}
