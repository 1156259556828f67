namespace Viper.Net;

/// <summary>Puts packets into a class, or sends them to another link (u32 with mirred).</summary>
/// <param name="Parent">The discipline that asks it.</param>
/// <param name="Priority">Its place among the filters of the parent, from 1; lower ones are asked first.</param>
public sealed record TrafficFilter(TrafficHandle Parent, ushort Priority)
{
    /// <summary>The protocol above Ethernet that it looks at; 3, the default, is all of them.</summary>
    public ushort EtherType { get; init; } = 3;

    /// <summary>What must match, all of it; nothing matches every packet.</summary>
    public IReadOnlyList<TrafficMatch> Matches { get; init; } = [];

    /// <summary>The class that matching packets go into.</summary>
    public TrafficHandle? Class { get; init; }

    /// <summary>The index of the link that matching packets are sent out by instead.</summary>
    public int? RedirectTo { get; init; }
}
