using System.Runtime.InteropServices;

namespace Viper.Hypervisor;

/// <summary>A virtio network card on a tap device of the host.</summary>
/// <param name="TapName">
/// The name of an existing tap, at most 15 bytes, in the network namespace of the thread that starts the machine; empty when
/// <see cref="TapDescriptor"/> is given.
/// </param>
/// <param name="MacAddress">The guest's unicast address, as <c>02:00:5e:10:00:01</c>.</param>
public sealed record NicSpec(string TapName, string MacAddress)
{
    /// <summary>
    /// An open tap, passed to the VMM instead of a name; it needs no privilege there. Stays the caller's, who may close it once the
    /// card is there. Null to open <see cref="TapName"/>.
    /// </summary>
    public SafeHandle? TapDescriptor { get; init; }

    /// <summary>A card on a tap that is already open, in whatever network namespace.</summary>
    public static NicSpec FromDescriptor(SafeHandle tap, string macAddress)
    {
        ArgumentNullException.ThrowIfNull(tap);
        return new NicSpec("", macAddress) { TapDescriptor = tap };
    }
}
