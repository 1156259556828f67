using System.Net;
using Microsoft.Extensions.Logging;
using Viper.Orchestration;

namespace Viper.Daemon.Settings;

/// <summary>Everything the daemon was told, checked.</summary>
internal sealed record DaemonSettings
{
    internal required EngineSettings Engine { get; init; }

    internal required string CacheDirectory { get; init; }

    /// <summary>What the API listens on, at least one.</summary>
    internal required IReadOnlyList<ApiAddress> Listen { get; init; }

    /// <summary>The key that callers must show; null where none is asked for.</summary>
    internal string? ApiKey { get; init; }

    /// <summary>The networks that TCP callers may come from; empty for all.</summary>
    internal IReadOnlyList<IPNetwork> AllowCidr { get; init; } = [];

    /// <summary>Further names by which the daemon may be addressed, each with or without a port.</summary>
    internal IReadOnlyList<string> ApiHosts { get; init; } = [];

    /// <summary>The network namespace to live in; null for the caller's.</summary>
    internal string? NetworkNamespace { get; init; }

    internal LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Everything but the key, which must not reach a log.</summary>
    public override string ToString() => $"state {Engine.StateDirectory}, API {string.Join(" and ", Listen)}";
}
