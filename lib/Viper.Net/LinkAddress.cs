using System.Net;

namespace Viper.Net;

/// <summary>An IP address on a link.</summary>
/// <param name="LinkIndex">The link.</param>
/// <param name="Address">The address of this host.</param>
/// <param name="PrefixLength">Bits that name the network.</param>
public sealed record LinkAddress(int LinkIndex, IPAddress Address, int PrefixLength);
