using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary><c>rule = fib_rule_hdr, FRA_* attributes</c> (linux/fib_rules.h).</summary>
internal static class RuleCodec
{
    internal static void Write(ref MessageWriter writer, int type, int flags, RoutingRule rule)
    {
        fib_rule_hdr header = new()
        {
            family = rule.IsIpv6 ? (byte)NetlinkConstants.AF_INET6 : (byte)NetlinkConstants.AF_INET,
            src_len = (byte)(rule.Source?.PrefixLength ?? 0),
            dst_len = (byte)(rule.Destination?.PrefixLength ?? 0),
            action = RuleConstants.FR_ACT_TO_TBL,
        };
        writer.BeginMessage(type, flags, 0, header);
        writer.AttributeUInt32(RuleConstants.FRA_PRIORITY, rule.Priority);
        writer.AttributeUInt32(RuleConstants.FRA_TABLE, rule.Table);
        if (rule.Source is { } source)
        {
            writer.AttributeIp(RuleConstants.FRA_SRC, source.BaseAddress);
        }

        if (rule.Destination is { } destination)
        {
            writer.AttributeIp(RuleConstants.FRA_DST, destination.BaseAddress);
        }

        if (rule.InputName is not null)
        {
            writer.AttributeText(RuleConstants.FRA_IIFNAME, rule.InputName);
        }

        if (rule.OutputName is not null)
        {
            writer.AttributeText(RuleConstants.FRA_OIFNAME, rule.OutputName);
        }

        if (rule.Mark is { } mark)
        {
            writer.AttributeUInt32(RuleConstants.FRA_FWMARK, mark);
            writer.AttributeUInt32(RuleConstants.FRA_FWMASK, rule.MarkMask ?? uint.MaxValue);
        }
    }

    internal static RoutingRule? Parse(int type, ReadOnlySpan<byte> payload)
    {
        if (type != RuleConstants.RTM_NEWRULE || payload.Length < Unsafe.SizeOf<fib_rule_hdr>())
        {
            return null;
        }

        fib_rule_hdr header = MemoryMarshal.Read<fib_rule_hdr>(payload);
        int width = header.family switch
        {
            NetlinkConstants.AF_INET => 4,
            NetlinkConstants.AF_INET6 => 16,
            _ => 0,
        };
        if (width == 0)
        {
            return null;
        }

        uint? priority = null;
        uint? table = null;
        uint? mark = null;
        uint? mask = null;
        string? input = null;
        string? output = null;
        IPNetwork? source = null;
        IPNetwork? destination = null;
        AttributeReader attributes = AttributeReader.After<fib_rule_hdr>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case RuleConstants.FRA_PRIORITY:
                    priority = attributes.UInt32;
                    break;
                case RuleConstants.FRA_TABLE:
                    table = attributes.UInt32;
                    break;
                case RuleConstants.FRA_FWMARK:
                    mark = attributes.UInt32;
                    break;
                case RuleConstants.FRA_FWMASK:
                    mask = attributes.UInt32;
                    break;
                case RuleConstants.FRA_IIFNAME:
                    input = attributes.Text;
                    break;
                case RuleConstants.FRA_OIFNAME:
                    output = attributes.Text;
                    break;
                case RuleConstants.FRA_SRC when attributes.Value.Length == width && header.src_len <= width * 8:
                    source = NetworkAddress.Mask(new IPAddress(attributes.Value), header.src_len);
                    break;
                case RuleConstants.FRA_DST when attributes.Value.Length == width && header.dst_len <= width * 8:
                    destination = NetworkAddress.Mask(new IPAddress(attributes.Value), header.dst_len);
                    break;
                default:
                    break;
            }
        }

        return new RoutingRule
        {
            Priority = priority ?? 0,
            Table = table ?? header.table,
            Mark = mark,
            MarkMask = mask is null or uint.MaxValue ? null : mask,
            InputName = input,
            OutputName = output,
            Source = source,
            Destination = destination,
            IsIpv6 = width == 16,
        };
    }
}
