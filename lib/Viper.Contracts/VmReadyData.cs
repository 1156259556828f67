using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>The <c>data</c> of a <see cref="VmEventTypes.Ready"/> event.</summary>
public sealed record VmReadyData
{
    /// <summary>The steps from lease to ready, in order.</summary>
    public required IReadOnlyList<TimelineStep> Timeline { get; init; }

    /// <summary>What the guest did when, in milliseconds since its kernel started.</summary>
    public required IReadOnlyDictionary<string, double> GuestMs { get; init; }

    /// <summary>The browser's name and version; absent where the image has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Browser { get; init; }
}
