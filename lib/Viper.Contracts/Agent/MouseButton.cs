using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>A button of the mouse.</summary>
[JsonConverter(typeof(StrictEnumConverter<MouseButton>))]
public enum MouseButton
{
    /// <summary>The main one.</summary>
    [JsonStringEnumMemberName("left")]
    Left,

    /// <summary>The context menu's.</summary>
    [JsonStringEnumMemberName("right")]
    Right,

    /// <summary>The wheel.</summary>
    [JsonStringEnumMemberName("middle")]
    Middle,
}
