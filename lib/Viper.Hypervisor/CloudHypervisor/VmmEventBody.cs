using System.Text.Json;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>An event as it stands in the stream.</summary>
internal sealed record VmmEventBody
{
    public required VmmEventTime Timestamp { get; init; }

    public required string Source { get; init; }

    public required string Event { get; init; }

    public Dictionary<string, JsonElement>? Properties { get; init; }
}
