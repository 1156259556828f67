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

    /// <summary>
    /// The folder of files where the image has no user 65532 in /etc/passwd. Where it has one, its home is the folder of files:
    /// what <c>/files</c> shows, and where programs run.
    /// </summary>
    public const string Work = "/work";

    /// <summary>The guest's unprivileged user and group: programs and files are its own.</summary>
    public const int UserId = 65532;
}
