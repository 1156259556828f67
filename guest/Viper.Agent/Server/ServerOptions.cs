using System.Net;

namespace Viper.Agent.Server;

/// <summary>Where the server listens, whom it answers, and what one connection may cost.</summary>
internal sealed record ServerOptions
{
    internal required IPAddress ListenAddress { get; init; }

    internal int Port { get; init; } = 8765;

    /// <summary>Gets the only address that is answered.</summary>
    internal required IPAddress HostAddress { get; init; }

    internal int MaxConnections { get; init; } = 256;

    /// <summary>Gets how long a head may take from its first byte to its last.</summary>
    internal TimeSpan HeadDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long a body may take.</summary>
    internal TimeSpan BodyDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long a connection may wait for its next request.</summary>
    internal TimeSpan IdleDeadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Gets how long a peer may take to accept an answer.</summary>
    internal TimeSpan SendDeadline { get; init; } = TimeSpan.FromSeconds(60);
}
