using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Viper.Agent.Interop;

namespace Viper.Agent.Programs;

/// <summary>
/// One program that was started, with all that stems from it. A thread of its own copies its output, passes its input on, sees its
/// end, ends what it has left behind, and reaps it; nothing polls. Thread-safe.
/// </summary>
internal sealed class GuestProcess
{
    private const int StackSize = 256 * 1024;
    private const int ReadSize = 64 * 1024;

    private readonly TaskCompletionSource<ProgramExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileDescriptor _wake = FileDescriptor.CreateEvent();
    private readonly Lock _gate = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly uint? _mark;
    private readonly ProgramPipes _pipes;
    private ITimer? _timer;
    private bool _isReaped;
    private bool _isOver;
    private volatile bool _ending;
    private volatile bool _abandoned;
    private volatile bool _timedOut;

    private GuestProcess(ProgramCommand command, ProgramPipes pipes, uint? mark)
    {
        Command = command;
        _pipes = pipes;
        _mark = mark;
        Stdout = new OutputLog(command.OutputBytes, command.Overflow);
        Stderr = new OutputLog(command.OutputBytes, command.Overflow);
        Input = pipes.Input is { } input ? new InputFeed(input, Wake) : null;
        if (command.Lossless)
        {
            Stdout.Hold(0);
            Stderr.Hold(0);
        }
    }

    internal ProgramCommand Command { get; }

    /// <summary>Gets the process's number, which is also that of its group.</summary>
    internal int Pid { get; private set; }

    internal DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Gets what it has written to its standard output, or terminal.</summary>
    internal OutputLog Stdout { get; }

    internal OutputLog Stderr { get; }

    /// <summary>Gets what it reads; null when that is nothing.</summary>
    internal InputFeed? Input { get; }

    /// <summary>Gets what wakes those who wait for output, or for the end.</summary>
    internal ChangeSignal Changes { get; } = new();

    /// <summary>Gets the task that ends when it has ended, nothing of it is left, and all that it wrote is in the logs.</summary>
    internal Task<ProgramExit> Exited => _exited.Task;

    /// <summary>Starts a program; it runs when this returns.</summary>
    /// <param name="command">The program.</param>
    /// <param name="user">The user to run as; null keeps the agent's own.</param>
    /// <param name="mark">The mark of its family; null where the agent has not the rights for it.</param>
    /// <exception cref="SpawnException">It was not started.</exception>
    internal static GuestProcess Start(ProgramCommand command, uint? user, uint? mark)
    {
        var pipes = ProgramPipes.Open(command, user);
        try
        {
            var process = new GuestProcess(command, pipes, mark);
            process.Pid = Spawner.Spawn(new SpawnRequest
            {
                Paths = command.Paths,
                Arguments = [command.Command, .. command.Arguments],
                Environment = command.Environment,
                WorkingDirectory = command.WorkingDirectory,
                UserId = user,
                Mark = mark,
                Input = pipes.ProgramInput,
                Output = pipes.ProgramOutput,
                Error = pipes.ProgramError,
                Terminal = pipes.Terminal?.Path,
            });
            pipes.CloseProgramEnds();
            PreferToAgent(process.Pid);
            process.SetTimeout(command.Timeout);
            new Thread(process.Run, StackSize) { IsBackground = true, Name = "program" }.Start();
            return process;
        }
        catch
        {
            pipes.Dispose();
            throw;
        }
    }

    /// <summary>Kills it with all that stems from it; the end is seen by <see cref="Exited"/>.</summary>
    internal void End()
    {
        _ending = true;
        Wake();
    }

    /// <summary>Kills it, and forgets what it has written and nobody has read.</summary>
    internal void Abandon()
    {
        _abandoned = true;
        End();
    }

    /// <summary>Kills it after a time, unless it has ended by then; the time counts as its own when it is its limit.</summary>
    internal void EndAfter(TimeSpan time, bool isLimit = false)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _timer?.Dispose();
            _timer = TimeProvider.System.CreateTimer(
                _ =>
                {
                    _timedOut = isLimit;
                    End();
                },
                null,
                time,
                Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Sends a signal to its process group, or to all that stems from it; false when it has ended.</summary>
    internal bool Signal(int signal)
    {
        lock (_gate)
        {
            // Unreaped, the number cannot belong to anyone else.
            if (_isReaped)
            {
                return false;
            }

            if (Command.Terminal is not null && _mark is { } mark)
            {
                // A shell puts each of its jobs into a group of its own.
                ProgramFamily.Signal(mark, signal);
            }
            else
            {
                Libc.kill(-Pid, signal);
            }

            return true;
        }
    }

    /// <summary>Changes the size of its terminal; false when it has none, or has ended.</summary>
    internal bool Resize(int cols, int rows)
    {
        lock (_gate)
        {
            if (_isOver || _pipes.Terminal is null)
            {
                return false;
            }

            _pipes.Terminal.Resize(cols, rows);
            return true;
        }
    }

    /// <summary>Makes its thread look anew: there is something to pass on, or room for output.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _wake.Signal();
            }
        }
    }

    /// <summary>Has the kernel take the program, and what it starts, before the agent and the browser when memory runs out (proc_pid_oom_score_adj(5)).</summary>
    private static void PreferToAgent(int pid)
    {
        using var score = FileDescriptor.TryOpen(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/oom_score_adj"), Libc.O_WRONLY);
        score?.TryWrite("500"u8);
    }

    private void SetTimeout(TimeSpan? limit)
    {
        if (limit is { } time)
        {
            EndAfter(time, isLimit: true);
        }
    }

    private void Run()
    {
        ProgramExit exit;
        try
        {
            var buffer = new byte[ReadSize];
            using (var process = FileDescriptor.OpenProcess(Pid))
            {
                Watch(process, buffer);
            }

            // Unreaped it still owns its group's number.
            KillFamily();
            var (exitCode, signal) = Reap();
            var duration = Stopwatch.GetElapsedTime(_started);
            Drain(buffer);
            exit = new ProgramExit(exitCode, signal, _timedOut, duration);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The kernel refused a step, or somebody else has reaped it: nothing is known of how it ended, but that it has.
            KillFamily();
            exit = new ProgramExit(null, null, _timedOut, Stopwatch.GetElapsedTime(_started));
        }

        lock (_gate)
        {
            _isOver = true;
            _timer?.Dispose();
            Input?.Dispose();
            _pipes.Dispose();
            _wake.Dispose();
        }

        _exited.SetResult(exit);
        Changes.Pulse();
    }

    private void Watch(FileDescriptor process, byte[] buffer)
    {
        Span<Libc.PollFd> waits = stackalloc Libc.PollFd[5];
        var killed = false;
        while (true)
        {
            // poll(2) passes over a negative descriptor.
            waits[0] = new Libc.PollFd { fd = _wake.Number, events = Libc.POLLIN };
            waits[1] = new Libc.PollFd { fd = process.Number, events = Libc.POLLIN };
            waits[2] = new Libc.PollFd { fd = Readable(_pipes.Output, Stdout), events = Libc.POLLIN };
            waits[3] = new Libc.PollFd { fd = Readable(_pipes.Error, Stderr), events = Libc.POLLIN };
            waits[4] = new Libc.PollFd { fd = Input is { HasPending: true } ? Input.Number : -1, events = Libc.POLLOUT };
            Poller.Wait(waits);
            if (waits[0].revents != 0)
            {
                _wake.Read(buffer.AsSpan(0, sizeof(long)));
            }

            if (_ending && !killed)
            {
                killed = true;
                KillFamily();
            }

            if (waits[4].revents != 0)
            {
                Input!.Pump();
            }

            Copy(waits[2].revents, ref _pipes.Output, Stdout, buffer);
            Copy(waits[3].revents, ref _pipes.Error, Stderr, buffer);
            if (waits[1].revents != 0)
            {
                return;
            }
        }
    }

    /// <summary>Copies its last words. All that could write more are gone, so what is there is all; a reader that holds is waited for.</summary>
    private void Drain(byte[] buffer)
    {
        while (!_abandoned)
        {
            var output = Readable(_pipes.Output, Stdout);
            var error = Readable(_pipes.Error, Stderr);
            var isFull = (output < 0 && _pipes.Output is not null) || (error < 0 && _pipes.Error is not null);
            var hasOutput = output >= 0 && Poller.IsReadable(output);
            var hasError = error >= 0 && Poller.IsReadable(error);
            if (hasOutput || hasError)
            {
                Copy(hasOutput ? Libc.POLLIN : (short)0, ref _pipes.Output, Stdout, buffer);
                Copy(hasError ? Libc.POLLIN : (short)0, ref _pipes.Error, Stderr, buffer);
            }
            else if (isFull)
            {
                Poller.WaitReadable(_wake.Number, -1);
                _wake.Read(buffer.AsSpan(0, sizeof(long)));
            }
            else
            {
                return;
            }
        }
    }

    private static int Readable(FileDescriptor? source, OutputLog log) => source is not null && log.Room > 0 ? source.Number : -1;

    private void Copy(short events, ref FileDescriptor? source, OutputLog log, byte[] buffer)
    {
        if (events == 0 || source is null)
        {
            return;
        }

        var count = source.Read(buffer.AsSpan(0, Math.Min(buffer.Length, log.Room)));
        if (count > 0)
        {
            log.Append(buffer.AsSpan(0, count));
            Changes.Pulse();
        }
        else if (count == 0 || Marshal.GetLastPInvokeError() != Libc.EAGAIN)
        {
            // Closed by all who had it; a terminal says so by an error.
            source.Dispose();
            source = null;
        }
    }

    private void KillFamily()
    {
        lock (_gate)
        {
            if (!_isReaped)
            {
                Libc.kill(-Pid, Libc.SIGKILL);
            }
        }

        if (_mark is { } mark)
        {
            ProgramFamily.End(mark);
        }
    }

    private (int? ExitCode, int? Signal) Reap()
    {
        lock (_gate)
        {
            _isReaped = true;
            return ChildProcess.Reap(Pid);
        }
    }
}
