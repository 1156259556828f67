using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Guest;

namespace Viper.Orchestration.Internal;

/// <summary>Waits for a booting guest: for its ring, which the agent must confirm, or for the VMM's end.</summary>
internal sealed class GuestWatch(EngineParts parts, string name, IMachine machine, AgentAddress agent)
{
    /// <summary>How often the agent is asked although nobody rang, in case the ring was lost on the way.</summary>
    private static readonly TimeSpan s_askAnyway = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when agent and browser have answered, or, with null, when init has not said a word in time; throws if the VMM ends first.</summary>
    /// <param name="silence">How long init may say nothing.</param>
    /// <param name="onPhase">Told when the agent has answered, and when the browser has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<GuestReport?> UntilReadyAsync(TimeSpan silence, Action<string> onPhase, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Dictionary<string, double> milliseconds = [];
        Task<AgentHealth> rung = FollowSerialAsync(milliseconds, over.Token);
        Task<AgentHealth> asked = AskNowAndThenAsync(over.Token);
        Task silent = SilenceAsync(silence, over.Token);
        Task first = await Task.WhenAny(machine.Exited, rung, asked, silent).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(rung, asked, silent).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        if (first == machine.Exited)
        {
            MachineExit exit = await machine.Exited.ConfigureAwait(false);
            throw EngineProblems.StartFailed(name, $"{MachineExitText.Of(exit)} before the guest was ready");
        }

        if (first == silent)
        {
            await silent.ConfigureAwait(false);
            return null;
        }

        AgentHealth health = await ((Task<AgentHealth>)first).ConfigureAwait(false);
        onPhase(VmPhase.AgentReady);
        if (health.BrowserProduct is not null)
        {
            onPhase(VmPhase.BrowserReady);
        }

        return new GuestReport(health.BrowserProduct, milliseconds);
    }

    private async Task<AgentHealth> FollowSerialAsync(Dictionary<string, double> milliseconds, CancellationToken cancellationToken)
    {
        await foreach (SerialLine printed in machine.Serial.Lines(cancellationToken).ConfigureAwait(false))
        {
            if (RingLine.Parse(printed.Text) is not { } line)
            {
                continue;
            }

            _spoke.TrySetResult();
            foreach ((string key, double value) in line.Milliseconds)
            {
                milliseconds[key] = value;
            }

            if (line.Kind is not ("ready" or "browser_ready"))
            {
                continue;
            }

            if (await AskAsync(cancellationToken).ConfigureAwait(false) is { } health)
            {
                return health;
            }

            Log.RingNotConfirmed(parts.Log, name, line.Kind);
        }

        // The serial port closed: only the VMM's end or an answer of the agent can follow.
        await Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, cancellationToken).ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>Ends after a time in which init has not said a word; otherwise only by cancellation.</summary>
    private async Task SilenceAsync(TimeSpan silence, CancellationToken cancellationToken)
    {
        Task clock = Task.Delay(silence, parts.Time, cancellationToken);
        if (await Task.WhenAny(clock, _spoke.Task).ConfigureAwait(false) != clock)
        {
            clock = Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, cancellationToken);
        }

        await clock.ConfigureAwait(false);
    }

    private async Task<AgentHealth> AskNowAndThenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(s_askAnyway, parts.Time, cancellationToken).ConfigureAwait(false);
            if (await AskAsync(cancellationToken).ConfigureAwait(false) is { } health)
            {
                return health;
            }
        }
    }

    /// <summary>The agent's answer once it says that all it has is up; null otherwise.</summary>
    private async Task<AgentHealth?> AskAsync(CancellationToken cancellationToken) =>
        await parts.Agents.AskAsync(agent, cancellationToken).ConfigureAwait(false) is { } health && (!health.HasBrowser || health.BrowserProduct is not null)
            ? health
            : null;
}
