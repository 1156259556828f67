using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Adds the key in a register to a set, with an instruction that belongs to that element alone.</summary>
/// <param name="Set">A set with <see cref="NftSet.IsUpdatedByRules"/>.</param>
/// <param name="Content">What each element holds, such as an <see cref="NftConnectionCount"/> or <see cref="NftLimit"/>; it decides whether the rule matches.</param>
/// <param name="Register">Where the key is.</param>
/// <remarks>Equivalent to: <c>add @set { iifname ct count over 20 }</c>.</remarks>
public sealed record NftSetUpdate(string Set, NftExpression? Content = null, NftRegister Register = default) : NftExpression
{
    /// <summary>True: an element that exists lives on from now; false: it keeps its end.</summary>
    public bool RenewsTimeout { get; init; }

    /// <summary>How long an element stays; null takes the set's own time.</summary>
    public TimeSpan? Timeout { get; init; }

    internal override string Name => "dynset";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeText(NftObjectConstants.NFTA_DYNSET_SET_NAME, Set);
        writer.AttributeUInt32BigEndian(
            NftObjectConstants.NFTA_DYNSET_OP, (uint)(RenewsTimeout ? NftObjectConstants.NFT_DYNSET_OP_UPDATE : NftObjectConstants.NFT_DYNSET_OP_ADD));
        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_DYNSET_SREG_KEY, Register.Wire);
        if (Timeout is { } timeout)
        {
            writer.AttributeUInt64BigEndian(NftObjectConstants.NFTA_DYNSET_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        }

        if (Content is not null)
        {
            int nest = writer.BeginNest(NftObjectConstants.NFTA_DYNSET_EXPR);
            Content.WriteBare(ref writer);
            writer.EndNest(nest);
        }
    }
}
