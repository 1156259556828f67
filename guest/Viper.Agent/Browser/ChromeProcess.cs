using Viper.Agent.Interop;

namespace Viper.Agent.Browser;

/// <summary>
/// One run of Chrome. A thread of its own starts it, copies its output to the log, sees the line that says
/// that it listens, and reaps it; nothing polls.
/// </summary>
internal sealed class ChromeProcess
{
    private const int StackSize = 256 * 1024;
    private const int ReadSize = 8 * 1024;
    private const int PipeSize = 64 * 1024; // The kernel's default, pipe(7).

    private readonly ChromeCommand _command;
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ChromeExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _pid;
    private int? _requested;
    private bool _reaped;

    private ChromeProcess(ChromeCommand command) => _command = command;

    /// <summary>Gets the task that ends with the DevTools address; cancelled when Chrome ends before.</summary>
    internal Task<string> Listening => _listening.Task;

    /// <summary>Gets the task that ends when Chrome, with its whole process group, is gone.</summary>
    internal Task<ChromeExit> Exited => _exited.Task;

    /// <summary>Gets the process id; 0 until it is started.</summary>
    internal int Pid => Volatile.Read(ref _pid);

    /// <summary>Starts Chrome on another thread; a failure to start is an exit with a reason.</summary>
    internal static ChromeProcess Start(ChromeCommand command)
    {
        var process = new ChromeProcess(command);
        new Thread(process.Run, StackSize) { IsBackground = true, Name = "chrome" }.Start();
        return process;
    }

    /// <summary>Asks Chrome to end.</summary>
    internal void Terminate() => Signal(Libc.SIGTERM);

    /// <summary>Kills Chrome and its process group.</summary>
    internal void Kill() => Signal(Libc.SIGKILL);

    private void Signal(int signal)
    {
        lock (_gate)
        {
            // Unreaped, the id cannot belong to anyone else. Not yet started, it gets the signal at its start.
            if (_reaped)
            {
                return;
            }

            if (_pid == 0)
            {
                _requested = signal;
                return;
            }

            Libc.kill(signal == Libc.SIGKILL ? -_pid : _pid, signal);
        }
    }

    private void Run()
    {
        ChromeExit exit;
        try
        {
            exit = StartAndWatch();
        }
        catch (Exception error)
        {
            exit = new ChromeExit(null, null, error.Message);
        }

        _listening.TrySetCanceled();
        _exited.SetResult(exit);
    }

    private ChromeExit StartAndWatch()
    {
        var (reader, writer) = FileDescriptor.CreatePipe();
        using (reader)
        {
            using (writer)
            {
                var pid = ChromeSpawner.Spawn(_command, writer);
                lock (_gate)
                {
                    _pid = pid;
                    if (_requested is { } signal)
                    {
                        Signal(signal);
                    }
                }
            }

            using var log = new BoundedLog(_command.LogPath, _command.LogLimit);
            using (var process = FileDescriptor.OpenProcess(_pid))
            {
                Watch(process, reader, log);
            }

            return Reap();
        }
    }

    private void Watch(FileDescriptor process, FileDescriptor output, BoundedLog log)
    {
        var line = new ListeningLine();
        var buffer = new byte[ReadSize];
        Span<Libc.PollFd> waits = stackalloc Libc.PollFd[2];
        waits[0] = new Libc.PollFd { fd = process.Number, events = Libc.POLLIN };
        waits[1] = new Libc.PollFd { fd = output.Number, events = Libc.POLLIN };
        while (true)
        {
            Poller.Wait(waits);
            if (waits[1].revents != 0 && !Copy(output, buffer, line, log))
            {
                // Closed by all who had it; poll(2) passes over a negative descriptor.
                waits[1].fd = -1;
            }

            if (waits[0].revents != 0)
            {
                break;
            }
        }

        // Its last words, as far as the pipe holds them: a descendant that left the group could go on for ever.
        KillGroup();
        for (var left = PipeSize / ReadSize; left > 0 && waits[1].fd >= 0 && Poller.IsReadable(output.Number); left--)
        {
            if (!Copy(output, buffer, line, log))
            {
                break;
            }
        }
    }

    private bool Copy(FileDescriptor output, byte[] buffer, ListeningLine line, BoundedLog log)
    {
        var count = output.Read(buffer);
        if (count <= 0)
        {
            return false;
        }

        log.Write(buffer.AsSpan(0, count));
        if (!_listening.Task.IsCompleted && line.Add(buffer.AsSpan(0, count)) is { } address)
        {
            _listening.TrySetResult(address);
        }

        return true;
    }

    private void KillGroup()
    {
        lock (_gate)
        {
            Libc.kill(-_pid, Libc.SIGKILL);
        }
    }

    private ChromeExit Reap()
    {
        lock (_gate)
        {
            try
            {
                var (exitCode, signal) = ChildProcess.Reap(_pid);
                return new ChromeExit(exitCode, signal, null);
            }
            finally
            {
                _reaped = true;
            }
        }
    }
}
