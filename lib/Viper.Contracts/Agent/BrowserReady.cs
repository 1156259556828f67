namespace Viper.Contracts.Agent;

/// <summary>The document of the console line <c>viper: browser_ready {json}</c>: a Chrome answers again.</summary>
public sealed record BrowserReady
{
    /// <summary>Gets Chrome's product and version.</summary>
    public required string Browser { get; init; }

    /// <summary>Gets how many times Chrome has been restarted since the guest started.</summary>
    public required int Restarts { get; init; }
}
