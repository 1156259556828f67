namespace Viper.Net;

/// <summary>An entry of a bridge's forwarding table.</summary>
/// <param name="LinkIndex">The port by which the address is reached.</param>
/// <param name="BridgeIndex">The bridge, where the kernel names it.</param>
/// <param name="Mac">The Ethernet address.</param>
/// <param name="IsStatic">True when it never ages and a port cannot take it over.</param>
/// <param name="IsLocal">True when the address is the bridge's or the port's own.</param>
public sealed record ForwardingEntry(int LinkIndex, int? BridgeIndex, MacAddress Mac, bool IsStatic, bool IsLocal);
