using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Serial;

namespace Viper.Hypervisor.Processes;

/// <summary>What a program prints, kept in a log of bounded size, through a named pipe that needs no reader.</summary>
/// <remarks>
/// Thread-safe. The program holds the pipe for reading and writing and never waits: it gets no SIGPIPE when this program dies,
/// since it is a reader itself, and is not held up by a full pipe, whose bytes are lost instead. A later program finds the pipe by
/// its path, with the last 64 KiB of what was printed meanwhile in it, and goes on. See fifo(7).
/// </remarks>
internal sealed class OutputLog : IDisposable
{
    /// <summary>The size in bytes at which the log is put aside as <c>NAME.1</c>.</summary>
    public const long DefaultLimit = 1024 * 1024;

    private const int BufferSize = 8 * 1024;
    private const int Owner = 0x180;
    private const int Flags = Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC;

    private readonly Lock _lock = new();
    private readonly SafeFd _pipe;
    private readonly BoundedLog _log;
    private ulong _watch;
    private bool _ended;

    private OutputLog(SafeFd pipe, BoundedLog log)
    {
        _pipe = pipe;
        _log = log;
        lock (_lock)
        {
            Arm();
        }
    }

    /// <summary>Makes the pipe, whose path must be free, and begins to read it.</summary>
    public static OutputLog Make(string pipePath, string logPath, long limit = DefaultLimit)
    {
        if (Libc.mkfifo(pipePath, Owner) != 0)
        {
            throw Failed(pipePath, "made");
        }

        return Reopen(pipePath, logPath, limit);
    }

    /// <summary>Goes on reading a pipe that an earlier program made.</summary>
    public static OutputLog Reopen(string pipePath, string logPath, long limit = DefaultLimit) =>
        new(OpenPipe(pipePath), new BoundedLog(logPath, limit));

    /// <summary>A descriptor for the program's standard output and error output, which the caller owns.</summary>
    public static SafeFd OpenPipe(string pipePath)
    {
        SafeFd pipe = new(Libc.open(pipePath, Flags, 0));
        return pipe.IsInvalid ? throw Failed(pipePath, "opened") : pipe;
    }

    /// <summary>Whether somebody has the pipe open: a program that prints into it, or one that reads it.</summary>
    public static bool IsHeld(string pipePath)
    {
        // Opening a pipe for writing only is refused when nobody reads it; O_NONBLOCK keeps it from waiting for somebody (fifo(7)).
        using SafeFd pipe = new(Libc.open(pipePath, Libc.O_WRONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0));
        return !pipe.IsInvalid && Libc.fcntl(pipe, Libc.F_GETPIPE_SZ, 0) > 0;
    }

    /// <summary>Writes to the log what is in the pipe now.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            if (!_ended)
            {
                ReadAll();
            }
        }
    }

    /// <summary>Takes what is left in the pipe, then closes pipe and log; the files stay.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            ReadAll();
            _ended = true;
            DescriptorWatcher.Shared.Forget(_watch);
            _pipe.Dispose();
            _log.Dispose();
        }
    }

    // Called with the lock held, so that the number of the watch is known before its call can come through.
    // The log is written on the thread pool: a slow disk must not delay the thread that notices the ends of processes.
    private void Arm() => _watch = DescriptorWatcher.Shared.Watch(
        _pipe, () => ThreadPool.UnsafeQueueUserWorkItem(static log => log.Take(), this, preferLocal: false));

    private void Take()
    {
        lock (_lock)
        {
            if (!_ended)
            {
                ReadAll();
                Arm();
            }
        }
    }

    private unsafe void ReadAll()
    {
        Span<byte> buffer = stackalloc byte[BufferSize];

        // A program that prints without end must not keep this loop: one pipe's worth, then the others' turn.
        for (int rest = 64 * 1024; rest > 0;)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                // SAFETY: the count is the buffer's length.
                count = Libc.read(_pipe, start, (nuint)buffer.Length);
            }

            if (count <= 0)
            {
                return;
            }

            rest -= (int)count;
            _log.Append(buffer[..(int)count]);
        }
    }

    private static HypervisorException Failed(string path, string what) =>
        new($"The pipe '{path}' for a program's output could not be {what}: {Marshal.GetLastPInvokeErrorMessage()}.");
}
