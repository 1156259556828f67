using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Tests.Protocol;

/// <summary>Builds what a kernel would send, with the library's own writer.</summary>
internal static class Datagram
{
    internal static byte[] Link(uint sequence, int index, string name, int flags = NetlinkConstants.NLM_F_MULTI)
    {
        byte[] buffer = new byte[512];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, flags, sequence, new ifinfomsg { ifi_index = index });
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        writer.AttributeMac(LinkConstants.IFLA_ADDRESS, MacAddress.Parse("02:00:5e:00:53:01"));
        writer.AttributeInt32(LinkConstants.IFLA_MTU, 1500);
        int info = writer.BeginNest(LinkConstants.IFLA_LINKINFO);
        writer.AttributeText(LinkConstants.IFLA_INFO_KIND, "tun");
        writer.AttributeText(LinkConstants.IFLA_INFO_SLAVE_KIND, "bridge");
        int port = writer.BeginNest(LinkConstants.IFLA_INFO_SLAVE_DATA);
        writer.AttributeFlag(BridgeConstants.IFLA_BRPORT_ISOLATED, true);
        writer.EndNest(port);
        writer.EndNest(info);
        writer.EndMessage();
        return writer.Written.ToArray();
    }

    internal static byte[] Done(uint sequence, int error = 0, int flags = NetlinkConstants.NLM_F_MULTI)
    {
        byte[] buffer = new byte[64];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(NetlinkConstants.NLMSG_DONE, flags, sequence, -error);
        writer.EndMessage();
        return writer.Written.ToArray();
    }

    /// <summary>An acknowledgement with NETLINK_CAP_ACK and NETLINK_EXT_ACK.</summary>
    internal static byte[] Error(uint sequence, int error, string? message = null, int? offset = null)
    {
        byte[] buffer = new byte[512];
        MessageWriter writer = new(buffer);
        int flags = NetlinkConstants.NLM_F_CAPPED | (message is null && offset is null ? 0 : NetlinkConstants.NLM_F_ACK_TLVS);
        writer.BeginMessage(NetlinkConstants.NLMSG_ERROR, flags, sequence, -error);
        writer.Structure(new nlmsghdr { nlmsg_len = 400, nlmsg_seq = sequence });
        if (message is not null)
        {
            writer.AttributeText(NetlinkConstants.NLMSGERR_ATTR_MSG, message);
        }

        if (offset is { } where)
        {
            writer.AttributeInt32(NetlinkConstants.NLMSGERR_ATTR_OFFS, where);
        }

        writer.EndMessage();
        return writer.Written.ToArray();
    }
}
