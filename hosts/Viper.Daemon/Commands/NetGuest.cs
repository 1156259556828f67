namespace Viper.Daemon.Commands;

/// <summary>One VM on the bridge, with what the filter has counted since it was joined or the filter was made anew.</summary>
internal sealed record NetGuest
{
    /// <summary>The VM's name; null where the database does not know its tap.</summary>
    public string? Vm { get; init; }

    public required string Tap { get; init; }

    /// <summary><c>up</c>, <c>down</c> or <c>missing</c>.</summary>
    public required string TapState { get; init; }

    public required string IpAddress { get; init; }

    public required string MacAddress { get; init; }

    public required string Policy { get; init; }

    public int UpKbps { get; init; }

    public int DownKbps { get; init; }

    public int MaxConnections { get; init; }

    public ulong SentPackets { get; init; }

    public ulong SentBytes { get; init; }

    public ulong ReceivedPackets { get; init; }

    public ulong ReceivedBytes { get; init; }

    /// <summary>Packets that asked for names: each question over UDP, each connection over TCP.</summary>
    public ulong DnsQueries { get; init; }

    /// <summary>Packets that its policy, or what no policy opens, denied, and ARP for other guests.</summary>
    public ulong DeniedPackets { get; init; }

    /// <summary>Frames with addresses that are not its own.</summary>
    public ulong ForgedPackets { get; init; }
}
