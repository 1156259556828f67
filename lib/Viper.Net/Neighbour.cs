using System.Net;

namespace Viper.Net;

/// <summary>An entry of the neighbour table (ARP, ND).</summary>
/// <param name="LinkIndex">The link.</param>
/// <param name="Address">The IP address.</param>
/// <param name="Mac">The Ethernet address, or null while it is not known.</param>
/// <param name="IsPermanent">True when it never ages.</param>
public sealed record Neighbour(int LinkIndex, IPAddress Address, MacAddress? Mac, bool IsPermanent);
