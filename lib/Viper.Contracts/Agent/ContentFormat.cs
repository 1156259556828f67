using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>A form of what a page holds.</summary>
[JsonConverter(typeof(StrictEnumConverter<ContentFormat>))]
public enum ContentFormat
{
    /// <summary>The document as HTML, as it is now.</summary>
    [JsonStringEnumMemberName("html")]
    Html,

    /// <summary>The text that a person sees.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>The text with its headings, lists, links, tables and code as Markdown.</summary>
    [JsonStringEnumMemberName("markdown")]
    Markdown,
}
