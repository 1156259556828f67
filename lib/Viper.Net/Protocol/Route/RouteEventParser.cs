using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Reads one notification of rtnetlink; null where it is about something else.</summary>
internal static class RouteEventParser
{
    internal static RouteEvent? Parse(int type, ReadOnlySpan<byte> payload)
    {
        // A message that tells of a deletion has the shape of the one that told of the thing.
        RouteEvent? changed = type switch
        {
            // A bridge tells of its ports in a shape of its own, besides the ordinary one.
            LinkConstants.RTM_NEWLINK or LinkConstants.RTM_DELLINK when payload.Length > 0 && payload[0] == NetlinkConstants.AF_UNSPEC =>
                Of(LinkParser.Parse(LinkConstants.RTM_NEWLINK, payload), static link => new RouteEvent(RouteEventKind.Changed) { Link = link }),
            AddressConstants.RTM_NEWADDR or AddressConstants.RTM_DELADDR =>
                Of(AddressParser.Parse(AddressConstants.RTM_NEWADDR, payload), static address => new RouteEvent(RouteEventKind.Changed) { Address = address }),
            AddressConstants.RTM_NEWROUTE or AddressConstants.RTM_DELROUTE =>
                Of(RouteParser.Parse(AddressConstants.RTM_NEWROUTE, payload), static route => new RouteEvent(RouteEventKind.Changed) { Route = route }),
            AddressConstants.RTM_NEWNEIGH or AddressConstants.RTM_DELNEIGH when payload.Length > 0 && payload[0] == NetlinkConstants.AF_BRIDGE =>
                Of(
                    NeighbourParser.ParseForwarding(AddressConstants.RTM_NEWNEIGH, payload),
                    static entry => new RouteEvent(RouteEventKind.Changed) { Forwarding = entry }),
            AddressConstants.RTM_NEWNEIGH or AddressConstants.RTM_DELNEIGH =>
                Of(NeighbourParser.Parse(AddressConstants.RTM_NEWNEIGH, payload), static neighbour => new RouteEvent(RouteEventKind.Changed) { Neighbour = neighbour }),
            RuleConstants.RTM_NEWRULE or RuleConstants.RTM_DELRULE =>
                Of(RuleCodec.Parse(RuleConstants.RTM_NEWRULE, payload), static rule => new RouteEvent(RouteEventKind.Changed) { Rule = rule }),
            _ => null,
        };
        return changed is not null && IsDeletion(type) ? changed with { Kind = RouteEventKind.Deleted } : changed;
    }

    // In each group of four: new, delete, get, set.
    private static bool IsDeletion(int type) => (type & 3) == (LinkConstants.RTM_DELLINK & 3);

    private static RouteEvent? Of<T>(T? value, Func<T, RouteEvent> wrap)
        where T : class => value is null ? null : wrap(value);
}
