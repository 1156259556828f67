namespace Viper.Orchestration.Network;

/// <summary>Why a packet of a guest is dropped, as events and the filter's log prefixes spell it.</summary>
internal static class DenialReasons
{
    internal const string Policy = "policy";
    internal const string Host = "host";
    internal const string Guest = "guest";
    internal const string Connections = "connections";
    internal const string Forged = "forged";

    /// <summary>Those that the routed traffic knows; <see cref="Forged"/> is the bridge's.</summary>
    internal static readonly string[] s_routed = [Policy, Host, Guest, Connections];
}
