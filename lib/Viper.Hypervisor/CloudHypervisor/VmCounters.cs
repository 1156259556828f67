namespace Viper.Hypervisor;

/// <summary>What the devices of a machine have counted since it was booted.</summary>
/// <param name="Devices">
/// By the device's name, then by the counter's. Cards have <c>rx_bytes</c>, <c>rx_frames</c>, <c>tx_bytes</c> and <c>tx_frames</c>;
/// disks <c>read_bytes</c>, <c>read_ops</c>, <c>write_bytes</c>, <c>write_ops</c> and latencies in microseconds, which are 2^64-1
/// while nothing has been measured.
/// </param>
public sealed record VmCounters(IReadOnlyDictionary<string, IReadOnlyDictionary<string, ulong>> Devices);
