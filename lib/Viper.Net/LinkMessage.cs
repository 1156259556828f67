using System.Text;

namespace Viper.Net;

/// <summary>One link as the kernel describes it, read where it was received.</summary>
/// <remarks>Its spans are valid only during the call that it was handed to; <see cref="ToLink"/> keeps it.</remarks>
public readonly ref struct LinkMessage
{
    /// <summary>The number that the kernel gave it.</summary>
    public int Index { get; internal init; }

    /// <summary>Its name in UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; internal init; }

    /// <summary>Its kind in UTF-8; empty for hardware and loopback.</summary>
    public ReadOnlySpan<byte> Kind { get; internal init; }

    /// <summary>The text that an administrator gave it, in UTF-8; empty where there is none.</summary>
    public ReadOnlySpan<byte> Alias { get; internal init; }

    /// <summary>Its Ethernet address; null where its layer has another kind.</summary>
    public MacAddress? Address { get; internal init; }

    /// <summary>The largest packet that it carries, in bytes.</summary>
    public int Mtu { get; internal init; }

    /// <summary>The index of the bridge that it is a port of.</summary>
    public int? Master { get; internal init; }

    /// <summary>The index of the link below it, or of a pair's other end.</summary>
    public int? LowerIndex { get; internal init; }

    /// <summary>The group that it belongs to; 0 is that of every link that was put in none.</summary>
    public uint Group { get; internal init; }

    /// <summary>True: an administrator set it up.</summary>
    public bool IsUp { get; internal init; }

    /// <summary>True: it can carry packets.</summary>
    public bool IsRunning { get; internal init; }

    internal bool IsBridgePort { get; init; }

    internal ReadOnlySpan<byte> PortData { get; init; }

    /// <summary>A copy that outlives the call.</summary>
    public Link ToLink() => new()
    {
        Index = Index,
        Name = Encoding.UTF8.GetString(Name),
        Kind = Kind.IsEmpty ? null : LinkKind.Of(Kind),
        Address = Address,
        Mtu = Mtu,
        Master = Master,
        LowerIndex = LowerIndex,
        Group = Group,
        Alias = Alias.IsEmpty ? null : Encoding.UTF8.GetString(Alias),
        IsUp = IsUp,
        IsRunning = IsRunning,
        BridgePort = IsBridgePort ? Protocol.Route.LinkParser.ParsePort(PortData) : null,
    };
}
