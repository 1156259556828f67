using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>Owns one descriptor and closes it; reads and writes go around EINTR in one place.</summary>
internal sealed class FileDescriptor : SafeHandle
{
    internal FileDescriptor(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    /// <summary>Gets the number; valid as long as this object is not disposed.</summary>
    internal int Number => (int)handle;

    /// <summary>Opens a path with O_CLOEXEC and O_NOCTTY; null when it cannot be opened.</summary>
    internal static FileDescriptor? TryOpen(string path, int flags, uint mode = 0)
    {
        while (true)
        {
            var fd = Libc.open(path, flags | Libc.O_CLOEXEC | Libc.O_NOCTTY, mode);
            if (fd >= 0)
            {
                return new FileDescriptor(fd);
            }

            if (Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                return null;
            }
        }
    }

    /// <summary>Opens a path with O_CLOEXEC and O_NOCTTY.</summary>
    /// <exception cref="SystemCallException">It cannot be opened.</exception>
    internal static FileDescriptor Open(string path, int flags, uint mode = 0) =>
        TryOpen(path, flags, mode) ?? throw SystemCallException.Last($"open {path}");

    /// <summary>Makes an eventfd, with which one thread wakes another one's poll.</summary>
    internal static FileDescriptor CreateEvent()
    {
        var fd = Libc.eventfd(0, Libc.EFD_CLOEXEC);
        return fd >= 0 ? new FileDescriptor(fd) : throw SystemCallException.Last("eventfd");
    }

    /// <summary>Opens a process's descriptor, readable when it has ended (pidfd_open(2)); null when there is no such process.</summary>
    internal static FileDescriptor? TryOpenProcess(int pid)
    {
        var fd = (int)Libc.syscall(Libc.SYS_pidfd_open, pid, 0, 0, 0, 0);
        return fd >= 0 ? new FileDescriptor(fd) : null;
    }

    /// <summary>As <see cref="TryOpenProcess"/>, of a process that is there.</summary>
    /// <exception cref="SystemCallException">It cannot be opened.</exception>
    internal static FileDescriptor OpenProcess(int pid) => TryOpenProcess(pid) ?? throw SystemCallException.Last("pidfd_open");

    /// <summary>Makes a pipe; both ends block, and neither is inherited.</summary>
    internal static unsafe (FileDescriptor Reader, FileDescriptor Writer) CreatePipe()
    {
        var fds = stackalloc int[2];
        return Libc.pipe2(fds, Libc.O_CLOEXEC) == 0
            ? (new FileDescriptor(fds[0]), new FileDescriptor(fds[1]))
            : throw SystemCallException.Last("pipe2");
    }

    /// <summary>Makes a second descriptor of the same open file, which is not inherited either.</summary>
    internal FileDescriptor Duplicate()
    {
        var fd = Libc.fcntl(Number, Libc.F_DUPFD_CLOEXEC, 0);
        return fd >= 0 ? new FileDescriptor(fd) : throw SystemCallException.Last("fcntl(F_DUPFD_CLOEXEC)");
    }

    /// <summary>Reads once; 0 at the end, -1 when nothing can be read now or the descriptor failed.</summary>
    internal unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                var count = Libc.read(Number, pointer, (nuint)buffer.Length);
                if (count >= 0 || Marshal.GetLastPInvokeError() != Libc.EINTR)
                {
                    return (int)count;
                }
            }
        }
    }

    /// <summary>Writes once; how much the kernel took, or -1 when it takes nothing now or the descriptor failed.</summary>
    internal unsafe int Write(ReadOnlySpan<byte> data)
    {
        fixed (byte* pointer = data)
        {
            while (true)
            {
                var count = Libc.write(Number, pointer, (nuint)data.Length);
                if (count >= 0 || Marshal.GetLastPInvokeError() != Libc.EINTR)
                {
                    return (int)count;
                }
            }
        }
    }

    /// <summary>Writes all of it.</summary>
    /// <exception cref="SystemCallException">The kernel did not take it.</exception>
    internal void WriteAll(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var count = Write(data);
            data = count > 0 ? data[count..] : throw SystemCallException.Last("write");
        }
    }

    /// <summary>Makes reads and writes return at once when there is nothing to do (O_NONBLOCK), for all who share this open file.</summary>
    internal void SetNonBlocking(int accessMode)
    {
        if (Libc.fcntl(Number, Libc.F_SETFL, accessMode | Libc.O_NONBLOCK) < 0)
        {
            throw SystemCallException.Last("fcntl(F_SETFL)");
        }
    }

    /// <summary>Writes in one call; false when the kernel took less than all of it.</summary>
    internal bool TryWrite(ReadOnlySpan<byte> data) => Write(data) == data.Length;

    /// <summary>Makes an eventfd readable.</summary>
    internal void Signal()
    {
        var one = 1L;
        TryWrite(MemoryMarshal.AsBytes(new Span<long>(ref one)));
    }

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
