using Viper.Agent.Browser;

namespace Viper.Agent.Tests;

/// <summary>Hears, and says nothing.</summary>
internal sealed class SilentEvents : IBrowserEvents
{
    public void Ready(BrowserRun run, int restarts)
    {
    }

    public void Crashed(ChromeExit exit, int restarts, TimeSpan pause)
    {
    }

    public void Absent()
    {
    }
}
