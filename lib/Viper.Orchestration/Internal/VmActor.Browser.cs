using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Guest;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    /// <summary>A guest that claims crashes without end may not fill the log with them.</summary>
    private static readonly TimeSpan s_browserCrashInterval = TimeSpan.FromSeconds(1);

    /// <summary>Turns the agent's word that Chrome ended into an event, for as long as the run lasts.</summary>
    private async Task FollowBrowserAsync(VmRun run, IMachine machine)
    {
        try
        {
            long last = 0;
            await foreach (SerialLine printed in machine.Serial.Lines(run.Ended).ConfigureAwait(false))
            {
                if (RingLine.Parse(printed.Text)?.Kind == "browser_crashed"
                    && (last == 0 || _parts.Time.GetElapsedTime(last) > s_browserCrashInterval))
                {
                    last = _parts.Time.GetTimestamp();
                    _mailbox.TryPost(() => Task.FromResult(AppendBrowserCrash(run)), out _);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private bool AppendBrowserCrash(VmRun run)
    {
        if (_run != run)
        {
            return false;
        }

        VmReasonData data = new() { Reason = "the agent says that the browser ended, and starts it again" };
        _parts.Store.AppendEvent(EventDraft.About(VmEventTypes.BrowserCrashed, _record, ReasonJson(data)));
        _parts.EventAppended.Raise();
        return true;
    }
}
