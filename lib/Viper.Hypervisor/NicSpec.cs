namespace Viper.Hypervisor;

/// <summary>A virtio network card on a tap device of the host.</summary>
/// <param name="TapName">The name of an existing tap, at most 15 bytes, in the network namespace of the thread that starts the machine.</param>
/// <param name="MacAddress">The guest's unicast address, as <c>02:00:5e:10:00:01</c>.</param>
public sealed record NicSpec(string TapName, string MacAddress);
