using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    /// <summary>Makes a link of a kind that needs no settings, such as <see cref="LinkKind.Ifb"/>.</summary>
    /// <returns>False when a link of that name exists.</returns>
    /// <exception cref="NetlinkException">The kernel refused; EOPNOTSUPP: it does not know the kind.</exception>
    public bool AddLink(string name, string kind)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        ArgumentException.ThrowIfNullOrEmpty(kind);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Create, 0, default(ifinfomsg));
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        int info = writer.BeginNest(LinkConstants.IFLA_LINKINFO);
        writer.AttributeText(LinkConstants.IFLA_INFO_KIND, kind);
        writer.EndNest(info);
        return Send(ref writer, buffer, $"add {kind} link", name, ErrnoConstants.EEXIST) == 0;
    }

    /// <summary>Makes a link that carries Ethernet over UDP.</summary>
    /// <returns>False when a link of that name exists.</returns>
    /// <exception cref="ArgumentException">The name or a setting is not valid.</exception>
    /// <exception cref="NetlinkException">The kernel refused; also where another link has that identifier and port.</exception>
    public bool AddVxlan(string name, VxlanOptions options)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        ArgumentNullException.ThrowIfNull(options);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        TunnelEncoder.WriteVxlan(ref writer, Create, name, options);
        if (Send(ref writer, buffer, "add vxlan link", name, ErrnoConstants.EEXIST) == 0)
        {
            return true;
        }

        return GetLink(name) is not null
            ? false
            : throw new NetlinkException("add vxlan link", name, ErrnoConstants.EEXIST, "another link has that identifier and port");
    }

    /// <summary>Makes a link that carries one tag of another link.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lowerIndex">The link that carries tagged frames.</param>
    /// <param name="id">The tag, 1 to 4,094.</param>
    /// <param name="isServiceTag">True: the outer tag of two (802.1ad).</param>
    /// <returns>False when a link of that name exists.</returns>
    /// <exception cref="NetlinkException">The kernel refused; EOPNOTSUPP: it was built without VLAN.</exception>
    public bool AddVlan(string name, int lowerIndex, int id, bool isServiceTag = false)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        TunnelEncoder.WriteVlan(ref writer, Create, name, lowerIndex, id, isServiceTag);
        return Send(ref writer, buffer, "add vlan link", name, ErrnoConstants.EEXIST) == 0;
    }
}
