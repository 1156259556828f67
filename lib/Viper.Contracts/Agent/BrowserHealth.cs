using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>What the guest's Chrome is doing.</summary>
[JsonConverter(typeof(StrictEnumConverter<BrowserHealth>))]
public enum BrowserHealth
{
    /// <summary>The first Chrome has been started and has not answered yet.</summary>
    [JsonStringEnumMemberName("starting")]
    Starting,

    /// <summary>Chrome answers.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Chrome has ended; the agent waits before it starts the next one.</summary>
    [JsonStringEnumMemberName("crashed")]
    Crashed,

    /// <summary>A later Chrome has been started and has not answered yet.</summary>
    [JsonStringEnumMemberName("restarting")]
    Restarting,

    /// <summary>The image holds no Chrome.</summary>
    [JsonStringEnumMemberName("absent")]
    Absent,
}
