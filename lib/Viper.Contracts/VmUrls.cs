namespace Viper.Contracts;

/// <summary>Where the parts of a VM are to be had.</summary>
public sealed record VmUrls
{
    /// <summary>The path of the VM of a name.</summary>
    public static string PathOf(string name) => "/api/v1/vms/" + name;

    /// <summary>The VM itself, as a path.</summary>
    public required string Self { get; init; }

    /// <summary>The agent in it, as a path.</summary>
    public required string Agent { get; init; }

    /// <summary>The base of its DevTools HTTP endpoints, as clients take it; null where the daemon has no TCP address to name.</summary>
    public string? CdpHttp { get; init; }

    /// <summary>Its browser's DevTools WebSocket; null where the daemon has no TCP address to name.</summary>
    public string? CdpWs { get; init; }
}
