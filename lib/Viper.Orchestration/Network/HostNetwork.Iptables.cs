using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

public sealed partial class HostNetwork
{
    /// <summary>Steps for hosts whose iptables drop what they forward, as Docker makes them; others have none.</summary>
    private IEnumerable<NetworkStep> PlanIptables()
    {
        IptablesState[] dropping = [.. IptablesForwarding.Find().Where(static state => state.DropsForward)];
        if (dropping.Length > 0)
        {
            yield return new NetworkStep(
                "iptables", $"accept what guests send and are answered, {Places(dropping)}", IptablesForwarding.IsAccepted(_settings.BridgeName));
        }
    }

    private IEnumerable<NetworkStep> PlanIptablesRemoval()
    {
        IptablesState[] found = [.. IptablesForwarding.Find()];
        if (found.Length > 0)
        {
            yield return new NetworkStep(
                "iptables",
                $"delete the rules for {_settings.BridgeName}, {Places(found)}",
                !IptablesForwarding.IsPresent(_settings.BridgeName));
        }
    }

    /// <param name="isRight">Whether the kernel's nf_tables, which iptables-nft writes too, are as they were when this was found right.</param>
    private NetworkFinding CheckIptables(bool isRight)
    {
        const string Name = "iptables";
        IptablesState[] dropping = [.. IptablesForwarding.Find(_firewall).Where(static state => state.DropsForward)];
        return dropping.Length == 0
            ? new NetworkFinding(Name, FindingLevel.Ok, "iptables do not drop what the host forwards")
            : (isRight && dropping.All(static state => state.Variant == IptablesVariant.Nft)) || IptablesForwarding.IsAccepted(_settings.BridgeName)
                ? new NetworkFinding(Name, FindingLevel.Ok, $"guests' packets are accepted, {Places(dropping)}")
                : new NetworkFinding(
                    Name,
                    FindingLevel.Failure,
                    $"the host drops what it forwards, {Places(dropping)}, and does not accept guests' packets there",
                    "Guests reach nothing beyond the host.",
                    SetUpAgain);
    }

    private static string Places(IptablesState[] states) =>
        string.Join(" and ", states.Select(static state => $"in chain {state.Chain} of iptables ({state.Variant.ToString().ToLowerInvariant()})"));
}
