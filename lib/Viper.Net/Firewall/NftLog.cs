using System.Text;

using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Hands a copy of the packet to whoever listens to a group (see <see cref="PacketLog"/>); without a listener nothing happens.</summary>
/// <param name="Group">The group.</param>
/// <param name="Prefix">A text that goes with it, at most 127 bytes.</param>
/// <param name="CopiedBytes">How much of the packet is copied; 0: all.</param>
/// <param name="Threshold">How many packets the kernel gathers before it tells; 0 leaves that to the listener.</param>
public sealed record NftLog(ushort Group, string Prefix = "", uint CopiedBytes = 0, ushort Threshold = 0) : NftExpression
{
    // NF_LOG_PREFIXLEN of the kernel's net/netfilter/nf_log.h, less the NUL.
    private const int MaxPrefix = 127;

    internal override string Name => "log";

    internal override void WriteData(ref MessageWriter writer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(Prefix), MaxPrefix, nameof(Prefix));
        writer.AttributeUInt16BigEndian(NftObjectConstants.NFTA_LOG_GROUP, Group);
        if (Prefix.Length > 0)
        {
            writer.AttributeText(NftObjectConstants.NFTA_LOG_PREFIX, Prefix);
        }

        if (CopiedBytes > 0)
        {
            writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_LOG_SNAPLEN, CopiedBytes);
        }

        if (Threshold > 0)
        {
            writer.AttributeUInt16BigEndian(NftObjectConstants.NFTA_LOG_QTHRESHOLD, Threshold);
        }
    }
}
