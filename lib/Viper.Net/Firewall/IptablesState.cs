namespace Viper.Net.Firewall;

/// <summary>What one implementation of iptables does to forwarded packets.</summary>
/// <param name="Variant">The implementation.</param>
/// <param name="DropsForward">True: packets that no rule accepts are dropped.</param>
/// <param name="Chain">Where rules of ours belong: <c>DOCKER-USER</c> where it is, else <c>FORWARD</c>.</param>
public sealed record IptablesState(IptablesVariant Variant, bool DropsForward, string Chain);
