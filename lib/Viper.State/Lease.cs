using System.Net;

namespace Viper.State;

/// <summary>An address that a VM holds.</summary>
/// <param name="IpAddress">The address.</param>
/// <param name="VmId">The id of its holder.</param>
/// <param name="Owner">Who it is for, if the creator or the last who took it over said.</param>
/// <param name="Epoch">How often this address has been leased or taken over, this time included: it tells an earlier holder apart.</param>
/// <param name="LeasedAt">Since when; UTC, whole milliseconds.</param>
public sealed record Lease(IPAddress IpAddress, string VmId, string? Owner, long Epoch, DateTimeOffset LeasedAt);
