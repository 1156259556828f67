using System.Globalization;

using Viper.Net.Interop;

namespace Viper.Net;

/// <summary>The number of a queueing discipline or class, written <c>1:10</c> in hexadecimal.</summary>
public readonly record struct TrafficHandle(uint Value)
{
    private const int MajorShift = 16;

    /// <summary>The number from its two halves.</summary>
    public TrafficHandle(ushort major, ushort minor)
        : this(((uint)major << MajorShift) | minor)
    {
    }

    /// <summary>Where the discipline of everything that leaves a link hangs.</summary>
    public static TrafficHandle Root { get; } = new(TrafficConstants.TC_H_ROOT);

    /// <summary>Where the discipline of everything that comes by a link hangs.</summary>
    public static TrafficHandle Ingress { get; } = new(TrafficConstants.TC_H_INGRESS);

    /// <inheritdoc/>
    public override string ToString() => this == Root
        ? "root"
        : this == Ingress ? "ingress" : string.Create(CultureInfo.InvariantCulture, $"{Value >> MajorShift:x}:{Value & ushort.MaxValue:x}");
}
