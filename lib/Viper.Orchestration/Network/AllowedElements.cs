using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>What one VM may reach, as elements of sets.</summary>
/// <param name="Exact">One address, protocol and port each: looked up by hash, and free to change.</param>
/// <param name="Ports">Networks with ranges of ports.</param>
/// <param name="Networks">Networks with everything in them.</param>
internal sealed record AllowedElements(List<NftElement> Exact, List<NftElement> Ports, List<NftElement> Networks);
