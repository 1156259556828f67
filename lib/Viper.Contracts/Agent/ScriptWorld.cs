using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>Where a script runs.</summary>
[JsonConverter(typeof(StrictEnumConverter<ScriptWorld>))]
public enum ScriptWorld
{
    /// <summary>With the page's own variables.</summary>
    [JsonStringEnumMemberName("main")]
    Main,

    /// <summary>Beside them: the same documents, but nothing that the page's scripts made or replaced.</summary>
    [JsonStringEnumMemberName("isolated")]
    Isolated,
}
