namespace Viper.Net;

/// <summary>Names of link kinds, as the kernel spells them.</summary>
public static class LinkKind
{
    /// <summary>An Ethernet bridge.</summary>
    public const string Bridge = "bridge";

    /// <summary>One end of a virtual cable.</summary>
    public const string Veth = "veth";

    /// <summary>A tun or tap device.</summary>
    public const string Tun = "tun";
}
