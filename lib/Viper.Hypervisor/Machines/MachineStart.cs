using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Machines;

/// <summary>One attempt to start a machine, and the undoing of all that it made when it fails.</summary>
internal sealed partial class MachineStart
{
    private static readonly TimeSpan s_lastWordsLimit = TimeSpan.FromMilliseconds(500);

    private readonly HypervisorInfo _info;
    private readonly SafeFd? _output;
    private readonly List<IAsyncDisposable> _owned = [];
    private ChildProcess? _process;

    private MachineStart(MachineFiles files, HypervisorInfo info, SafeFd? output)
    {
        Files = files;
        _info = info;
        _output = output;
    }

    public MachineFiles Files { get; }

    public ChildProcess Process => _process ?? throw new InvalidOperationException("Nothing has been spawned yet.");

    /// <summary>Runs an attempt; <paramref name="launch"/> spawns before it first suspends.</summary>
    public static async Task<IMachine> RunAsync(
        MachineSpec spec,
        HypervisorInfo info,
        TimeSpan limit,
        Func<MachineStart, CancellationToken, Task<SupervisedMachine>> launch,
        Func<string, Exception?, HypervisorProgramMissingException> missing,
        CancellationToken cancellationToken)
    {
        MachineFiles files = new(spec);
        MachineStart? start = null;
        try
        {
            using SafeFd output = files.Prepare();
            start = new MachineStart(files, info, output);
            return await start.LaunchAsync(launch, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // What breaks on the way to a cancelled end is its consequence, or does not matter any more.
            bool cancelled = e is OperationCanceledException || cancellationToken.IsCancellationRequested;
            (ProcessExit? exit, bool isKilled) = start is null ? (null, false) : await start.UndoAsync(atOnce: cancelled).ConfigureAwait(false);
            files.FinishOutput();
            string tail = files.ReadTail();
            await files.Group.RemoveAsync().ConfigureAwait(false);
            files.RemoveAll();
            if (cancelled && e is not OperationCanceledException)
            {
                throw new OperationCanceledException(null, e, cancellationToken);
            }

            if (e is ProcessSpawnException { IsProgramMissing: true })
            {
                throw missing(info.ProgramPath, e);
            }

            if (exit is null || cancelled || e is MachineSpecException)
            {
                throw;
            }

            throw new MachineStartException(spec.Name, e.Message.TrimEnd('.'), tail, exit.Value.Code, exit.Value.Signal, isKilled, e);
        }
    }

    /// <summary>Starts the program; the descriptors stay the caller's.</summary>
    public void Spawn(IReadOnlyList<string> arguments, IReadOnlyList<SafeFd> passed)
    {
        SafeFd output = _output ?? throw new InvalidOperationException("An adopted machine is not spawned.");
        _process = Files.MakeGroup().Spawn(new ProcessStart(_info.ProgramPath, arguments, output, passed));
    }

    /// <summary>Has something disposed of if the attempt fails.</summary>
    public T Own<T>(T resource)
        where T : IAsyncDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    private async Task<IMachine> LaunchAsync(
        Func<MachineStart, CancellationToken, Task<SupervisedMachine>> launch, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Ends the attempt when the time is over, and when the process ends, whatever is being waited for.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<SupervisedMachine> launching = launch(this, stop.Token);
        stop.CancelAfter(limit);
        if (_process is not null)
        {
            Task first = await Task.WhenAny(launching, _process.Exited).ConfigureAwait(false);
            if (first != launching)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await ((Task)launching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (launching.IsCompletedSuccessfully)
                {
                    return launching.Result;
                }

                throw new VmmConnectionException("start", "the program ended while the machine was being started");
            }
        }

        try
        {
            return await launching.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VmmConnectionException("start", $"the machine did not run within {limit.TotalSeconds} s", e);
        }
    }

    // How the program ended, and whether it had to be made to.
    private async Task<(ProcessExit? Exit, bool IsKilled)> UndoAsync(bool atOnce)
    {
        ProcessExit? exit = null;
        bool isKilled = false;
        if (_process is not null)
        {
            if (!atOnce)
            {
                // It may be about to end by itself, and its own exit code and last words tell more than our kill.
                await Task.WhenAny(_process.Exited, Task.Delay(s_lastWordsLimit)).ConfigureAwait(false);
            }

            isKilled = !_process.Exited.IsCompleted;
            _process.Kill();
            exit = await _process.Exited.ConfigureAwait(false);
        }

        await DisposeOwnedAsync().ConfigureAwait(false);
        return (exit, isKilled);
    }

    private async Task DisposeOwnedAsync()
    {
        foreach (IAsyncDisposable resource in _owned)
        {
            await resource.DisposeAsync().ConfigureAwait(false);
        }
    }
}
