using System.Net;

using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>Tells what a table does, a line for each chain and rule, for people who decide whether to let it be made.</summary>
internal static class FilterText
{
    internal static IReadOnlyList<string> Of(NftTable table) =>
    [
        .. table.Family == NftFamily.Inet
            ? [Networks("no policy opens", HostFirewall.s_never), Networks("the policy internet denies also", HostFirewall.s_private)]
            : (string[])[],
        .. table.Chains.SelectMany(static chain => (IEnumerable<string>)[Chain(chain), .. chain.Rules.Select(static rule => "  " + Rule(rule))]),
    ];

    private static string Networks(string what, IPNetwork[] networks) => $"{what}: {string.Join(", ", networks)}";

    private static string Chain(NftChain chain) => chain.Hook is { } hook
        ? $"chain {chain.Name} at {hook.ToString().ToLowerInvariant()}, priority {chain.Priority}"
        : $"chain {chain.Name}";

    private static string Rule(NftRule rule) => $"{rule.Comment ?? "all else"}: {Verdict(rule)}";

    private static string Verdict(NftRule rule) => rule.Expressions[^1] switch
    {
        NftVerdict { Kind: NftVerdictKind.Jump or NftVerdictKind.Goto, Chain: { } chain } => $"to {chain}",
        NftVerdict { Kind: NftVerdictKind.Drop } => "drop",
        NftVerdict { Kind: NftVerdictKind.Accept } => "accept",
        NftMasquerade => "masquerade",
        NftLookup lookup => $"as {lookup.Set} says",
        _ => rule.Expressions.Any(static expression => expression is NftLog) ? "log" : "count",
    };
}
