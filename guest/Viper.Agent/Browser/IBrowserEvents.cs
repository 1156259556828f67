namespace Viper.Agent.Browser;

/// <summary>Hears what happens to Chrome, one call at a time, in order.</summary>
internal interface IBrowserEvents
{
    /// <summary>A Chrome answers.</summary>
    void Ready(BrowserRun run, int restarts);

    /// <summary>A Chrome ended, or never answered; the next one is started after the pause.</summary>
    void Crashed(ChromeExit exit, int restarts, TimeSpan pause);

    /// <summary>The image holds no Chrome.</summary>
    void Absent();
}
