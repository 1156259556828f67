using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>Builds a rule from the conditions and verdicts that are usual.</summary>
/// <remarks>Conditions on IPv4 fields bring their own check of the family. Not safe for several threads at once.</remarks>
public sealed partial class NftRuleBuilder
{
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;
    private readonly List<NftExpression> _expressions = [];
    private bool _ipv4;

    /// <summary>The packet came on the link (or, when negated, on another).</summary>
    public NftRuleBuilder From(string linkName, bool negate = false) => LinkIs(NftMetaKey.InputName, linkName, negate);

    /// <summary>The packet leaves by the link (or, when negated, by another).</summary>
    public NftRuleBuilder To(string linkName, bool negate = false) => LinkIs(NftMetaKey.OutputName, linkName, negate);

    /// <summary>The IPv4 source is in the network (or, when negated, not).</summary>
    public NftRuleBuilder SourceIn(IPNetwork network, bool negate = false) => AddressIn(SourceOffset, network, negate);

    /// <summary>The IPv4 destination is in the network (or, when negated, not).</summary>
    public NftRuleBuilder DestinationIn(IPNetwork network, bool negate = false) => AddressIn(DestinationOffset, network, negate);

    /// <summary>The IPv4 destination is in the set (or, when negated, not).</summary>
    public NftRuleBuilder DestinationInSet(string set, bool negate = false)
    {
        RequireIpv4();
        return Add(new NftPayload(NftPayloadBase.Network, DestinationOffset, 4)).Add(new NftLookup(set, negate));
    }

    /// <summary>The packet is of the transport protocol and goes to the port.</summary>
    public NftRuleBuilder DestinationPort(ProtocolType protocol, int port)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
        return Add(new NftMeta(NftMetaKey.TransportProtocol))
            .Add(new NftCompare(NftCompareOperator.Equal, new[] { (byte)protocol }))
            .Add(new NftPayload(NftPayloadBase.Transport, 2, 2))
            .Add(new NftCompare(NftCompareOperator.Equal, bytes));
    }

    /// <summary>The connection is in one of the states.</summary>
    public NftRuleBuilder Connection(NftConnectionState states)
    {
        byte[] mask = new byte[4];
        MemoryMarshal.Write(mask, (int)states);
        return Add(new NftConnectionTracking())
            .Add(new NftBitwise(mask, new byte[4]))
            .Add(new NftCompare(NftCompareOperator.NotEqual, new byte[4]));
    }

    /// <summary>Counts what comes so far.</summary>
    public NftRuleBuilder Count() => Add(new NftCounter());

    /// <summary>Adds any instruction.</summary>
    public NftRuleBuilder Add(NftExpression expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        _expressions.Add(expression);
        return this;
    }

    /// <summary>Ends the rule: the packet passes.</summary>
    public NftRule Accept(string? comment = null) => End(new NftVerdict(NftVerdictKind.Accept), comment);

    /// <summary>Ends the rule: the packet is dropped.</summary>
    public NftRule Drop(string? comment = null) => End(new NftVerdict(NftVerdictKind.Drop), comment);

    /// <summary>Ends the rule: the packet is dropped and its sender told.</summary>
    public NftRule Reject(string? comment = null) => End(new NftReject(), comment);

    /// <summary>Ends the rule: another chain decides, and this one goes on where it does not.</summary>
    public NftRule Jump(string chain, string? comment = null) => End(new NftVerdict(NftVerdictKind.Jump, chain), comment);

    /// <summary>Ends the rule: the packet gets the address of the link by which it leaves.</summary>
    public NftRule Masquerade(string? comment = null) => End(new NftMasquerade(), comment);

    private NftRule End(NftExpression last, string? comment)
    {
        _expressions.Add(last);
        return new NftRule([.. _expressions], comment);
    }

    private NftRuleBuilder LinkIs(NftMetaKey key, string linkName, bool negate) =>
        Add(new NftMeta(key)).Add(new NftCompare(Equality(negate), NftElement.Name(linkName)));

    private NftRuleBuilder AddressIn(int offset, IPNetwork network, bool negate)
    {
        if (network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"{network} is not an IPv4 network.", nameof(network));
        }

        RequireIpv4();
        byte[] mask = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(mask, network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - network.PrefixLength));
        return Add(new NftPayload(NftPayloadBase.Network, offset, 4))
            .Add(new NftBitwise(mask, new byte[4]))
            .Add(new NftCompare(Equality(negate), network.BaseAddress.GetAddressBytes()));
    }

    private void RequireIpv4()
    {
        if (!_ipv4)
        {
            _ipv4 = true;
            if (_isBridge)
            {
                byte[] type = new byte[2];
                MemoryMarshal.Write(type, (ushort)EthertypeIpv4);
                Add(new NftMeta(NftMetaKey.Protocol)).Add(new NftCompare(NftCompareOperator.Equal, type));
                return;
            }

            Add(new NftMeta(NftMetaKey.Family));
            Add(new NftCompare(NftCompareOperator.Equal, new[] { (byte)NftMessageConstants.NFPROTO_IPV4 }));
        }
    }

    private static NftCompareOperator Equality(bool negate) => negate ? NftCompareOperator.NotEqual : NftCompareOperator.Equal;
}
