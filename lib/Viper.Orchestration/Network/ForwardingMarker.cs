namespace Viper.Orchestration.Network;

/// <summary>
/// Remembers, on the host itself, whether we switched forwarding on, so that removal can leave the host as it was: as the
/// comment of our tables and as the alias of our bridge, because a firewall reload takes the one and not the other.
/// </summary>
internal static class ForwardingMarker
{
    private const string WasOff = "viper: forwarding was off";
    private const string WasOn = "viper: forwarding was on";

    internal static string Write(bool wasOn) => wasOn ? WasOn : WasOff;

    /// <summary>What the text says; null when it is not ours.</summary>
    internal static bool? Read(string? text) => text switch
    {
        WasOff => false,
        WasOn => true,
        _ => null,
    };
}
