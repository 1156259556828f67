namespace Viper.Net.Firewall;

/// <summary>What connection tracking thinks of a packet (NF_CT_STATE_BIT, linux/netfilter/nf_conntrack_common.h).</summary>
[Flags]
public enum NftConnectionState
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It belongs to no connection and cannot begin one.</summary>
    Invalid = 1,

    /// <summary>It belongs to a connection that was answered.</summary>
    Established = 2,

    /// <summary>It belongs to something that a known connection caused, such as an ICMP error.</summary>
    Related = 4,

    /// <summary>It begins a connection.</summary>
    New = 8,

    /// <summary>It was left out of tracking on purpose.</summary>
    Untracked = 64,
}
