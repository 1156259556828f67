using System.Net;

namespace Viper.State;

/// <summary>An address that is kept for the VM of a certain name.</summary>
/// <param name="VmName">The name; there need not be such a VM.</param>
/// <param name="IpAddress">The address.</param>
/// <param name="IsInPool">Whether the pool has the address; where it left, the reservation waits for its return.</param>
public sealed record Reservation(string VmName, IPAddress IpAddress, bool IsInPool);
