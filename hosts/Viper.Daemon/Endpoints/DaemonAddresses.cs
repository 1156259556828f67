namespace Viper.Daemon.Endpoints;

/// <summary>The addresses that the daemon ended up listening on.</summary>
internal sealed class DaemonAddresses
{
    /// <summary>Host and port of its TCP listener; null where there is none.</summary>
    internal string? TcpAuthority { get; set; }
}
