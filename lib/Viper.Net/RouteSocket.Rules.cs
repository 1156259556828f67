using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    /// <summary>The rules of both families, in the kernel's order; empty where the kernel has none.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<RoutingRule> ListRules(CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(RuleConstants.RTM_GETRULE, List, 0, default(fib_rule_hdr));
        writer.EndMessage();
        return _channel.Dump(
            buffer[..writer.Length], RuleCodec.Parse, "list routing rules", null, ErrnoConstants.EOPNOTSUPP, cancellationToken);
    }

    /// <summary>Adds a rule that leads to a table.</summary>
    /// <returns>False when the same rule exists.</returns>
    /// <exception cref="ArgumentException">The rule names no table.</exception>
    /// <exception cref="NetlinkException">The kernel refused; EOPNOTSUPP: it was built without routing rules.</exception>
    public bool AddRule(RoutingRule rule)
    {
        ThrowIfInvalid(rule);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        RuleCodec.Write(ref writer, RuleConstants.RTM_NEWRULE, Create, rule);
        return Send(ref writer, buffer, "add routing rule", Describe(rule), ErrnoConstants.EEXIST) == 0;
    }

    /// <summary>Deletes a rule.</summary>
    /// <returns>False when there is none like it.</returns>
    /// <exception cref="ArgumentException">The rule names no table.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteRule(RoutingRule rule)
    {
        ThrowIfInvalid(rule);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        RuleCodec.Write(ref writer, RuleConstants.RTM_DELRULE, Change, rule);
        return Send(ref writer, buffer, "delete routing rule", Describe(rule), ErrnoConstants.ENOENT) == 0;
    }

    private static string Describe(RoutingRule rule) => $"priority {rule.Priority} to table {rule.Table}";

    private static void ThrowIfInvalid(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (rule.Table == AddressConstants.RT_TABLE_UNSPEC)
        {
            throw new ArgumentException("A routing rule must name the table that it leads to.", nameof(rule));
        }
    }
}
