namespace Viper.Daemon.Security;

/// <summary>What a request's ticket is worth.</summary>
internal enum TicketVerdict
{
    /// <summary>It shows none where one could be shown.</summary>
    None,

    /// <summary>It is this VM's.</summary>
    Good,

    /// <summary>It is wrong, revoked or another VM's.</summary>
    Bad,
}
