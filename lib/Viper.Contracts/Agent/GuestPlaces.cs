namespace Viper.Contracts.Agent;

/// <summary>Folders of a guest that the agent and those outside it both name.</summary>
public static class GuestPlaces
{
    /// <summary>The home of the user that the browser runs as.</summary>
    public const string BrowserHome = "/home/browser";

    /// <summary>Where the browser puts what it downloads, whatever folder a DevTools client asks for.</summary>
    public const string Downloads = BrowserHome + "/downloads";

    /// <summary>Where files lie that are to be given to pages.</summary>
    public const string Uploads = BrowserHome + "/uploads";
}
