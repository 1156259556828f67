using System.Net;
using System.Net.Sockets;

namespace Viper.Net.Firewall;

/// <summary>One direction of a tracked connection, as its packets look.</summary>
public sealed record ConnectionTuple
{
    /// <summary>Who sends.</summary>
    public required IPAddress Source { get; init; }

    /// <summary>Who receives.</summary>
    public required IPAddress Destination { get; init; }

    /// <summary>The protocol that IP carries.</summary>
    public ProtocolType Protocol { get; init; }

    /// <summary>The sender's port; null for protocols without ports.</summary>
    public int? SourcePort { get; init; }

    /// <summary>The receiver's port; null for protocols without ports.</summary>
    public int? DestinationPort { get; init; }
}
