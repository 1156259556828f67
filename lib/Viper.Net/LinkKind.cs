namespace Viper.Net;

/// <summary>Names of kinds of links, as <see cref="Link.Kind"/> carries them.</summary>
public static class LinkKind
{
    /// <summary>An Ethernet bridge.</summary>
    public const string Bridge = "bridge";

    /// <summary>One end of a pair of virtual Ethernet links.</summary>
    public const string Veth = "veth";

    /// <summary>A tap or tun device.</summary>
    public const string Tun = "tun";

    /// <summary>Ethernet over UDP.</summary>
    public const string Vxlan = "vxlan";

    /// <summary>A tagged part of another link.</summary>
    public const string Vlan = "vlan";

    /// <summary>A link to which received packets are sent so that they can be queued.</summary>
    public const string Ifb = "ifb";

    /// <summary>The name as text, without a new string for the known kinds.</summary>
    internal static string Of(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("tun"u8) => Tun,
        _ when name.SequenceEqual("bridge"u8) => Bridge,
        _ when name.SequenceEqual("veth"u8) => Veth,
        _ when name.SequenceEqual("vxlan"u8) => Vxlan,
        _ when name.SequenceEqual("vlan"u8) => Vlan,
        _ when name.SequenceEqual("ifb"u8) => Ifb,
        _ => System.Text.Encoding.UTF8.GetString(name),
    };
}
