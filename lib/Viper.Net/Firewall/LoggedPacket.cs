namespace Viper.Net.Firewall;

/// <summary>A packet that a rule logged, with what the kernel told of it.</summary>
public sealed record LoggedPacket
{
    /// <summary>The text of the rule's <see cref="NftLog"/>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Its protocol above Ethernet: 0x0800 is IPv4, 0x0806 ARP.</summary>
    public ushort EtherType { get; init; }

    /// <summary>The hook at which it was logged.</summary>
    public byte Hook { get; init; }

    /// <summary>Its mark; 0 when it has none.</summary>
    public uint Mark { get; init; }

    /// <summary>The index of the link by which it came; of a bridge where it came by a port.</summary>
    public int? InputIndex { get; init; }

    /// <summary>The index of the link by which it was to leave.</summary>
    public int? OutputIndex { get; init; }

    /// <summary>The index of the bridge's port by which it came.</summary>
    public int? InputPortIndex { get; init; }

    /// <summary>The index of the bridge's port by which it was to leave.</summary>
    public int? OutputPortIndex { get; init; }

    /// <summary>Its link header, Ethernet for all links that we make; empty where the kernel told none.</summary>
    public ReadOnlyMemory<byte> LinkHeader { get; init; }

    /// <summary>Its beginning, from the network header on, as long as the listener and the rule asked for.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>True: packets were dropped since the one before, because the listener was too slow.</summary>
    public bool IsAfterLoss { get; init; }
}
