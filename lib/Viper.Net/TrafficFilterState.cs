namespace Viper.Net;

/// <summary>A filter as the kernel has it.</summary>
/// <param name="LinkIndex">The link that it is on.</param>
/// <param name="Kind">Its kind: <c>u32</c> …</param>
/// <param name="Handle">The kernel's number for it; 0 for the head of a list of filters.</param>
/// <param name="Parent">The discipline that asks it.</param>
/// <param name="Priority">Its place.</param>
/// <param name="EtherType">The protocol above Ethernet that it looks at.</param>
public sealed record TrafficFilterState(int LinkIndex, string Kind, uint Handle, TrafficHandle Parent, ushort Priority, ushort EtherType)
{
    /// <summary>The class that it puts packets into.</summary>
    public TrafficHandle? Class { get; init; }

    /// <summary>The index of the link that it sends packets out by.</summary>
    public int? RedirectTo { get; init; }
}
