using Viper.Net.Interop;

namespace Viper.Net.Firewall;

public sealed partial class NftRuleBuilder
{
    // A register has four bytes, and a concatenation begins each part in a new one.
    private const int RegisterBytes = 4;

    private const int DestinationMacOffset = 0;
    private const int SourceMacOffset = 6;
    private const int SourcePortOffset = 0;
    private const int DestinationPortOffset = 2;
    private const int EthertypeIpv4 = 0x0008;

    private readonly bool _isBridge;

    /// <summary>A rule for a table of any family but bridge.</summary>
    public NftRuleBuilder()
    {
    }

    /// <summary>A rule for a table of that family, which decides how IPv4 is told from the rest.</summary>
    public NftRuleBuilder(NftFamily family) => _isBridge = family == NftFamily.Bridge;

    /// <summary>Fields, one or more of them concatenated, that are in a set.</summary>
    /// <remarks>Ports need a match of the protocol first, or with them: <see cref="Protocol"/>, <see cref="NftField.Protocol"/>.</remarks>
    public NftRuleBuilder InSet(string set, params ReadOnlySpan<NftField> fields) => Load(fields).Add(new NftLookup(set));

    /// <summary>Fields that are not in a set.</summary>
    public NftRuleBuilder NotInSet(string set, params ReadOnlySpan<NftField> fields) => Load(fields).Add(new NftLookup(set, Inverted: true));

    /// <summary>Uses the named object that a map gives for the fields; a key without one does not match.</summary>
    public NftRuleBuilder UseObject(string map, params ReadOnlySpan<NftField> fields) => Load(fields).Add(new NftObjectReference(map));

    /// <summary>Uses a named object.</summary>
    public NftRuleBuilder UseObject(NftObjectKind kind, string name) => Add(new NftObjectReference(kind, name));

    /// <summary>Takes the packet's mark from a map; a key without a value does not match.</summary>
    public NftRuleBuilder MarkFrom(string map, params ReadOnlySpan<NftField> fields) =>
        Load(fields).Add(new NftLookup(map) { Destination = default(NftRegister) }).Add(new NftMetaSet(NftMetaKey.Mark));

    /// <summary>Adds the fields to a set, with an instruction that each element holds for itself.</summary>
    public NftRuleBuilder UpdateSet(string set, NftExpression? content, params ReadOnlySpan<NftField> fields) =>
        Load(fields).Add(new NftSetUpdate(set, content));

    /// <summary>Packets of one transport protocol.</summary>
    public NftRuleBuilder Protocol(System.Net.Sockets.ProtocolType protocol, bool negate = false) =>
        Add(new NftMeta(NftMetaKey.TransportProtocol)).Add(new NftCompare(Equality(negate), new[] { (byte)protocol }));

    /// <summary>Packets with a mark.</summary>
    public NftRuleBuilder Mark(uint mark, bool negate = false) =>
        Add(new NftMeta(NftMetaKey.Mark)).Add(new NftCompare(Equality(negate), NftKey.Mark(mark).From));

    /// <summary>Gives the packet a mark.</summary>
    public NftRuleBuilder SetMark(uint mark) => Add(new NftLoad(NftKey.Mark(mark).From)).Add(new NftMetaSet(NftMetaKey.Mark));

    /// <summary>Packets within a rate, or beyond it.</summary>
    public NftRuleBuilder Limit(NftLimit limit) => Add(limit);

    /// <summary>Hands a copy to the listener of a group.</summary>
    public NftRuleBuilder Log(NftLog log) => Add(log);

    /// <summary>Lets a map decide by the fields; a key without a verdict goes on with the next rule.</summary>
    public NftRule DecideBy(string verdictMap, ReadOnlySpan<NftField> fields, string? comment = null)
    {
        Load(fields);
        return End(new NftLookup(verdictMap) { IsVerdict = true }, comment);
    }

    /// <summary>Ends the rule without a verdict: the next one goes on.</summary>
    public NftRule Continue(string? comment = null) => new([.. _expressions], comment);

    /// <summary>Leaves the chain.</summary>
    public NftRule Return(string? comment = null) => End(new NftVerdict(NftVerdictKind.Return), comment);

    /// <summary>Another chain decides instead of this one.</summary>
    public NftRule Goto(string chain, string? comment = null) => End(new NftVerdict(NftVerdictKind.Goto, chain), comment);

    private NftRuleBuilder Load(ReadOnlySpan<NftField> fields)
    {
        ArgumentOutOfRangeException.ThrowIfZero(fields.Length, nameof(fields));
        foreach (NftField field in fields)
        {
            if (field is NftField.SourceAddress or NftField.DestinationAddress)
            {
                RequireIpv4();
            }
        }

        int register = 0;
        foreach (NftField field in fields)
        {
            (NftExpression load, int length) = Read(field, new NftRegister(register));
            Add(load);
            register += (length + RegisterBytes - 1) / RegisterBytes;
        }

        return this;
    }

    private static (NftExpression Load, int Length) Read(NftField field, NftRegister to) => field switch
    {
        NftField.InputName => (new NftMeta(NftMetaKey.InputName, to), LinkConstants.IFNAMSIZ),
        NftField.OutputName => (new NftMeta(NftMetaKey.OutputName, to), LinkConstants.IFNAMSIZ),
        NftField.SourceMac => (new NftPayload(NftPayloadBase.Link, SourceMacOffset, MacAddress.Length, to), MacAddress.Length),
        NftField.DestinationMac => (new NftPayload(NftPayloadBase.Link, DestinationMacOffset, MacAddress.Length, to), MacAddress.Length),
        NftField.SourceAddress => (new NftPayload(NftPayloadBase.Network, SourceOffset, 4, to), 4),
        NftField.DestinationAddress => (new NftPayload(NftPayloadBase.Network, DestinationOffset, 4, to), 4),
        NftField.Protocol => (new NftMeta(NftMetaKey.TransportProtocol, to), 1),
        NftField.SourcePort => (new NftPayload(NftPayloadBase.Transport, SourcePortOffset, 2, to), 2),
        NftField.DestinationPort => (new NftPayload(NftPayloadBase.Transport, DestinationPortOffset, 2, to), 2),
        NftField.Mark => (new NftMeta(NftMetaKey.Mark, to), 4),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "not a field"),
    };
}
