namespace Viper.Contracts.Agent;

/// <summary>The guest's Chrome as it is now.</summary>
public sealed record BrowserInfo
{
    /// <summary>Gets what it is doing.</summary>
    public required BrowserHealth State { get; init; }

    /// <summary>Gets its product and version; null unless it runs.</summary>
    public string? Product { get; init; }

    /// <summary>Gets how many times it has been restarted.</summary>
    public required int Restarts { get; init; }

    /// <summary>Gets its process id in the guest; null when there is none.</summary>
    public int? Pid { get; init; }

    /// <summary>Gets how many pages are open; null unless it runs and answers.</summary>
    public int? Pages { get; init; }

    /// <summary>Gets the DevTools connections that the agent relays now.</summary>
    public int Connections { get; init; }
}
