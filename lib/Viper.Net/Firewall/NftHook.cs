using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>Where on a packet's way a base chain stands; bridges use the same numbers.</summary>
public enum NftHook
{
    /// <summary>On arrival.</summary>
    Prerouting = NftMessageConstants.NF_INET_PRE_ROUTING,

    /// <summary>On the way to this host.</summary>
    Input = NftMessageConstants.NF_INET_LOCAL_IN,

    /// <summary>On the way through this host.</summary>
    Forward = NftMessageConstants.NF_INET_FORWARD,

    /// <summary>Made by this host.</summary>
    Output = NftMessageConstants.NF_INET_LOCAL_OUT,

    /// <summary>On departure.</summary>
    Postrouting = NftMessageConstants.NF_INET_POST_ROUTING,
}
