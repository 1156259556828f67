namespace Viper.Orchestration.Network;

/// <summary>A change that would break the host's network, or that the host is not ready for; nothing was changed.</summary>
public sealed class HostNetworkException : Exception
{
    internal HostNetworkException(NetworkRefusal reason, string message, string? linkName = null)
        : base(message)
    {
        Reason = reason;
        LinkName = linkName;
    }

    /// <summary>The kind of refusal.</summary>
    public NetworkRefusal Reason { get; }

    /// <summary>The link that stands in the way, where there is one.</summary>
    public string? LinkName { get; }
}
