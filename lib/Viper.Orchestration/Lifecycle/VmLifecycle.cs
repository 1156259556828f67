using Viper.Contracts;

namespace Viper.Orchestration.Lifecycle;

/// <summary>The state machine of a VM: states × commands × outcomes, and states × occurrences × outcomes.</summary>
/// <remarks>
/// <c>docs/lifecycle.md</c> is printed from these tables and a test drives every cell of them through the engine. While a VM is
/// <c>starting</c>, its phase changes nothing in any of them.
/// </remarks>
internal static class VmLifecycle
{
    /// <summary>The end of the way of a delete; not a status, for there is no VM that could have it.</summary>
    public const string Gone = "gone";

    private static readonly VmOutcome s_already = new(VmVerdict.Already, [], null);
    private static readonly VmOutcome s_ignore = new(VmVerdict.Ignore, [], null);
    private static readonly VmOutcome s_notRunning = new(VmVerdict.Refuse, [], ProblemCodes.VmNotRunning);
    private static readonly VmOutcome s_busy = new(VmVerdict.Refuse, [], ProblemCodes.VmBusy);

    private static readonly VmOutcome s_start = Go(VmStatus.Starting);
    private static readonly VmOutcome s_startLater = new(VmVerdict.Wait, [VmStatus.Stopped, VmStatus.Starting], null);
    private static readonly VmOutcome s_stop = Go(VmStatus.Stopping, VmStatus.Stopped);
    private static readonly VmOutcome s_stopped = Go(VmStatus.Stopped);
    private static readonly VmOutcome s_stopLater = new(VmVerdict.Wait, [VmStatus.Stopped], null);
    private static readonly VmOutcome s_restart = Go(VmStatus.Stopping, VmStatus.Stopped, VmStatus.Starting);
    private static readonly VmOutcome s_startAnew = Go(VmStatus.Stopped, VmStatus.Starting);
    private static readonly VmOutcome s_paused = Go(VmStatus.Paused);
    private static readonly VmOutcome s_running = Go(VmStatus.Running);
    private static readonly VmOutcome s_crashed = Go(VmStatus.Crashed);
    private static readonly VmOutcome s_delete = Go(VmStatus.Deleting, Gone);
    private static readonly VmOutcome s_deleteLater = new(VmVerdict.Wait, [VmStatus.Stopped, VmStatus.Deleting, Gone], null);

    // Rows in the order of VmStatus.All, columns in that of VmCommand.
    private static readonly VmOutcome[,] s_commands =
    {
        //               start         stop         restart       pause         resume        delete
        /* creating */ { s_already,    s_stopped,   s_startAnew,  s_notRunning, s_notRunning, s_delete },
        /* starting */ { s_already,    s_stopped,   s_startAnew,  s_notRunning, s_notRunning, s_delete },
        /* running  */ { s_already,    s_stop,      s_restart,    s_paused,     s_already,    s_delete },
        /* paused   */ { s_notRunning, s_stop,      s_restart,    s_already,    s_running,    s_delete },
        /* stopping */ { s_startLater, s_stopLater, s_startLater, s_notRunning, s_notRunning, s_deleteLater },
        /* stopped  */ { s_start,      s_already,   s_start,      s_notRunning, s_notRunning, s_delete },
        /* crashed  */ { s_start,      s_already,   s_start,      s_notRunning, s_notRunning, s_delete },
        /* deleting */ { s_busy,       s_busy,      s_busy,       s_busy,       s_busy,       s_delete },
    };

    // Rows in the order of VmStatus.All, columns in that of VmOccurrence.
    private static readonly VmOutcome[,] s_occurrences =
    {
        //               committed ready      start_failed powered_off died      unhealthy
        /* creating */ { s_start,  s_ignore,  s_crashed,   s_ignore,  s_ignore,  s_ignore },
        /* starting */ { s_ignore, s_running, s_crashed,   s_crashed, s_crashed, s_ignore },
        /* running  */ { s_ignore, s_ignore,  s_ignore,    s_stopped, s_crashed, s_crashed },
        /* paused   */ { s_ignore, s_ignore,  s_ignore,    s_stopped, s_crashed, s_ignore },
        /* stopping */ { s_ignore, s_ignore,  s_ignore,    s_ignore,  s_ignore,  s_ignore },
        /* stopped  */ { s_ignore, s_ignore,  s_crashed,   s_ignore,  s_ignore,  s_ignore },
        /* crashed  */ { s_ignore, s_ignore,  s_crashed,   s_ignore,  s_ignore,  s_ignore },
        /* deleting */ { s_ignore, s_ignore,  s_ignore,    s_ignore,  s_ignore,  s_ignore },
    };

    /// <summary>What a command does to a VM of a status, one of <see cref="VmStatus"/>.</summary>
    public static VmOutcome On(string status, VmCommand command) => s_commands[Row(status), (int)command];

    /// <summary>What an occurrence does to a VM of a status, one of <see cref="VmStatus"/>.</summary>
    public static VmOutcome On(string status, VmOccurrence occurrence) => s_occurrences[Row(status), (int)occurrence];

    private static int Row(string status)
    {
        for (int row = 0; row < VmStatus.All.Count; row++)
        {
            if (VmStatus.All[row] == status)
            {
                return row;
            }
        }

        throw new ArgumentException($"'{status}' is no status of a VM.", nameof(status));
    }

    private static VmOutcome Go(params string[] way) => new(VmVerdict.Go, way, null);
}
