namespace Viper.Net;

/// <summary>What to change of a link; what is null stays as it is.</summary>
/// <remarks>The kernel applies the parts one after the other: a refusal can leave those before it done.</remarks>
public readonly record struct LinkChange
{
    /// <summary>Up or down.</summary>
    public bool? Up { get; init; }

    /// <summary>The index of the bridge that it becomes a port of; 0 frees it.</summary>
    public int? Master { get; init; }

    /// <summary>The largest packet that it carries, in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Its Ethernet address.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>The group that it belongs to.</summary>
    public uint? Group { get; init; }
}
