using System.Globalization;

using Viper.Contracts;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>The limits of one VM on what it sends: a chain of its own, whose name says all that is in it.</summary>
/// <remarks>The name makes the chain comparable with what it should be, by whichever process looks at it.</remarks>
internal sealed record GuestLimits(string Tap, int UpKbps, int MaxConnections)
{
    private const int LeastBurst = 64 * 1024;

    // What may come at once: as much as the rate gives in an eighth of a second.
    private const int BurstsPerSecond = 8;

    /// <summary>The name of the chain: <c>TAP.up.connections</c>.</summary>
    internal string ChainName => string.Create(CultureInfo.InvariantCulture, $"{Tap}.{UpKbps}.{MaxConnections}");

    /// <summary>The limits of a VM; null where it has none that a chain keeps.</summary>
    internal static GuestLimits? Of(string tap, NetworkSpec spec) =>
        spec.UpKbps > 0 || spec.MaxConnections > 0 ? new GuestLimits(tap, spec.UpKbps, spec.MaxConnections) : null;

    /// <summary>Reads a name; null where it is none of these.</summary>
    internal static GuestLimits? TryParse(string? chain) =>
        chain?.Split('.') is [{ Length: > 0 } tap, string up, string connections]
        && int.TryParse(up, NumberStyles.None, CultureInfo.InvariantCulture, out int kbps)
        && int.TryParse(connections, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new GuestLimits(tap, kbps, count)
            : null;

    internal static ulong BytesPerSecond(int kbps) => (ulong)kbps * 1000 / 8;

    internal NftChain ToChain()
    {
        List<NftRule> rules = [];
        if (UpKbps > 0)
        {
            ulong rate = BytesPerSecond(UpKbps);
            uint burst = (uint)Math.Max(rate / BurstsPerSecond, LeastBurst);
            rules.Add(new NftRuleBuilder().Limit(new NftLimit(rate, NftLimitUnit.Second, IsBytes: true, burst, IsOver: true)).Drop("faster than allowed"));
        }

        if (MaxConnections > 0)
        {
            rules.Add(new NftRuleBuilder().Connection(NftConnectionState.New).Add(new NftConnectionCount((uint)MaxConnections))
                .Goto(HostFirewall.DenyChain(DenialReasons.Connections), "more connections than allowed"));
        }

        return new NftChain { Name = ChainName, Rules = rules };
    }
}
