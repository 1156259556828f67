using System.Diagnostics;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Machines;

/// <summary>What both kinds of machine share: supervision of the process, the ladder of stopping, the clean end.</summary>
internal abstract partial class SupervisedMachine : IMachine
{
    // What is still in the sockets of a dead process arrives at once; a limit only guards against the unforeseen.
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_quitLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_terminateLimit = TimeSpan.FromSeconds(5);

    private readonly MachineFiles _files;
    private readonly ChildProcess _process;

    // Set last of all, on a thread of the pool that has nothing else to do then: whoever waits goes on right there.
    private readonly TaskCompletionSource<MachineExit> _exited = new();
    private volatile bool _endRequested;

    protected SupervisedMachine(MachineFiles files, ChildProcess process, SerialConsole serial)
    {
        _files = files;
        _process = process;
        Serial = serial;
        _ = SuperviseAsync();
    }

    public string Name => _files.Spec.Name;

    public ProcessIdentity Identity => _process.Identity;

    public ProcessConfinement Confinement => _files.Group.Confinement;

    public Task<MachineExit> Exited => _exited.Task;

    public SerialConsole Serial { get; }

    /// <summary>Whether a stop or <see cref="KillAsync"/> has told the VMM to end.</summary>
    protected bool EndRequested => _endRequested;

    public Task<StopOutcome> StopAsync(TimeSpan grace, CancellationToken cancellationToken) =>
        StopAsync(grace, null, cancellationToken);

    public async Task<StopOutcome> StopAsync(TimeSpan grace, IProgress<StopReport>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        long started = Stopwatch.GetTimestamp();
        void Report(StopStep step) => progress?.Report(new StopReport(step, Stopwatch.GetElapsedTime(started)));
        StopOutcome Done(StopStage stage, MachineExit exit)
        {
            Report(StopStep.Gone);
            return new StopOutcome(stage, exit);
        }

        if (_process.Exited.IsCompleted)
        {
            return Done(StopStage.AlreadyGone, await _exited.Task.WaitAsync(cancellationToken).ConfigureAwait(false));
        }

        if (grace > TimeSpan.Zero)
        {
            Report(StopStep.PowerButton);
            if (await TryAsync(PressAsync, grace, cancellationToken).ConfigureAwait(false) is { } pressed)
            {
                return Done(StopStage.PowerButton, pressed);
            }

            Report(StopStep.PowerButtonFailed);
        }

        _endRequested = true;
        Report(StopStep.Quit);
        if (await TryAsync(QuitAsync, s_quitLimit, cancellationToken).ConfigureAwait(false) is { } quit)
        {
            return Done(StopStage.Quit, quit);
        }

        Report(StopStep.QuitFailed);
        Report(StopStep.Terminate);
        if (await TryAsync(TerminateAsync, s_terminateLimit, cancellationToken).ConfigureAwait(false) is { } terminated)
        {
            return Done(StopStage.Terminate, terminated);
        }

        Report(StopStep.TerminateFailed);
        Report(StopStep.Kill);
        _process.Kill();
        return Done(StopStage.Kill, await _exited.Task.WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    public async Task KillAsync()
    {
        _endRequested = true;
        _process.Kill();
        await _exited.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Resumes a paused machine and does nothing to a running one.</summary>
    protected abstract Task EnsureRunningAsync(CancellationToken cancellationToken);

    /// <summary>Asks the VMM to end in order.</summary>
    protected abstract Task QuitCoreAsync(CancellationToken cancellationToken);

    /// <summary>Completes when all that the dead process had said over its control socket has been read; closes the connection.</summary>
    protected abstract Task FinishControlAsync();

    /// <summary>Why the process ended with exit code 0, as far as the VMM said.</summary>
    protected abstract MachineExitCause CauseOfOrderlyEnd();

    private async Task QuitAsync(CancellationToken cancellationToken)
    {
        await QuitCoreAsync(cancellationToken).ConfigureAwait(false);
        _files.RemoveSocketsEarly();
    }

    private async Task PressAsync(CancellationToken cancellationToken)
    {
        await EnsureRunningAsync(cancellationToken).ConfigureAwait(false);
        await PowerButtonCoreAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why a process ended whose exit status is lost, since it was started by an earlier program, as far as the VMM said.</summary>
    protected virtual MachineExitCause CauseOfLostEnd() => MachineExitCause.Unknown;

    private Task TerminateAsync(CancellationToken cancellationToken)
    {
        _process.Signal(Libc.SIGTERM);
        return Task.CompletedTask;
    }

    // Does one thing and waits for the end; null when the end did not come in time.
    private async Task<MachineExit?> TryAsync(Func<CancellationToken, Task> act, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            await act(deadline.Token).ConfigureAwait(false);
        }
        catch (VmmApiException)
        {
            return null;
        }
        catch (VmmConnectionException)
        {
            // Perhaps it is on its way out already: wait.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        try
        {
            return await _exited.Task.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task SuperviseAsync()
    {
        ProcessExit exit = await _process.Exited.ConfigureAwait(false);
        await WaitAtMostAsync(FinishControlAsync()).ConfigureAwait(false);
        await WaitAtMostAsync(Serial.Completion).ConfigureAwait(false);
        await Serial.DisposeAsync().ConfigureAwait(false);
        _files.FinishOutput();
        await WaitAtMostAsync(_files.Group.RemoveAsync()).ConfigureAwait(false);
        _files.RemoveSockets();
        _exited.SetResult(Describe(exit));
    }

    private static async Task WaitAtMostAsync(Task task) =>
        await task.WaitAsync(s_drainLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private MachineExit Describe(ProcessExit exit)
    {
        MachineExitCause orderly = CauseOfOrderlyEnd();
        MachineExitCause cause = exit switch
        {
            { Code: 0 } => orderly,
            _ when _endRequested => MachineExitCause.Requested,
            { Signal: not null } => MachineExitCause.Signalled,
            { Code: not null } => MachineExitCause.VmmFailed,
            _ => CauseOfLostEnd(),
        };
        if (cause == MachineExitCause.Unknown && _endRequested)
        {
            cause = MachineExitCause.Requested;
        }

        bool failed = cause is MachineExitCause.VmmFailed or MachineExitCause.Signalled;
        return new MachineExit(cause, exit.Code, exit.Signal, failed ? _files.ReadTail() : "");
    }
}
