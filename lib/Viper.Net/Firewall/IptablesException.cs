namespace Viper.Net.Firewall;

/// <summary>The program iptables failed or is missing.</summary>
public sealed class IptablesException : NetException
{
    internal IptablesException(string operation, string? target, int errno, string why)
        : base(operation, target, errno, why)
    {
    }
}
