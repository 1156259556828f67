using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Writes the instructions of a rule: <c>{ list element { name, data } }</c>.</summary>
internal static class RuleEncoder
{
    internal static void WriteExpressions(ref MessageWriter writer, NftRule rule)
    {
        int list = writer.BeginNest(NftMessageConstants.NFTA_RULE_EXPRESSIONS);
        foreach (NftExpression expression in rule.Expressions)
        {
            expression.Write(ref writer);
        }

        writer.EndNest(list);
    }
}
