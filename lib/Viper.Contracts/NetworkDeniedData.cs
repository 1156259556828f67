using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>The <c>data</c> of <see cref="VmEventTypes.NetworkDenied"/>: a sample of what was denied.</summary>
public sealed record NetworkDeniedData
{
    /// <summary>What denied it: <c>policy</c>, <c>host</c>, <c>guest</c>, <c>connections</c> or <c>forged</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The protocol: <c>tcp</c>, <c>udp</c>, <c>icmp</c>, <c>arp</c>, or its number.</summary>
    public required string Protocol { get; init; }

    /// <summary>The address that the packet claimed to come from; only where that is not the VM's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>The address that the VM tried to reach; null where the packet names none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Destination { get; init; }

    /// <summary>The port that it tried to reach; null where the protocol has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Port { get; init; }
}
