namespace Viper.Net.Firewall;

/// <summary>Which of the two implementations of iptables rules a host uses.</summary>
public enum IptablesVariant
{
    /// <summary>The one that writes nf_tables.</summary>
    Nft,

    /// <summary>The older one, with tables of its own in the kernel.</summary>
    Legacy,
}
