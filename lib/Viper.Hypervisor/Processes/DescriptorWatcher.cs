using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>One thread that learns when a descriptor can be read: a pidfd when its process has ended, a pipe when it holds bytes.</summary>
/// <remarks>
/// Thread-safe. The thread starts with the first use and lives as long as the program. What it calls must be short: the ends
/// of all processes are noticed on it.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The one instance lives as long as the program.")]
internal sealed class DescriptorWatcher
{
    private const int Batch = 64;

    private static readonly Lazy<DescriptorWatcher> s_shared = new(() => new DescriptorWatcher());

    private readonly SafeFd _epoll;
    private readonly ConcurrentDictionary<ulong, Entry> _entries = new();
    private ulong _lastId;

    private DescriptorWatcher()
    {
        int fd = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (fd < 0)
        {
            throw new HypervisorException($"The watch over descriptors could not be set up (epoll_create1): {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        _epoll = new SafeFd(fd);
        Thread thread = new(Run) { IsBackground = true, Name = "viper-processes" };
        thread.UnsafeStart();
    }

    public static DescriptorWatcher Shared => s_shared.Value;

    /// <summary>Calls <paramref name="ready"/> once, on the watcher's thread, when the descriptor can be read.</summary>
    /// <remarks>The descriptor is held open until the call came or <see cref="Forget"/> returned, whatever the caller does with it.</remarks>
    public unsafe ulong Watch(SafeFd fd, Action ready)
    {
        // Without this the watcher could find the descriptor closed, or reused, when it takes it out of the set.
        bool held = false;
        fd.DangerousAddRef(ref held);
        ulong id = Interlocked.Increment(ref _lastId);
        _entries[id] = new Entry(fd, ready);
        byte* epollEvent = stackalloc byte[16];
        *(uint*)epollEvent = Libc.EPOLLIN;
        Unsafe.WriteUnaligned(epollEvent + Libc.EpollEventDataOffset, id);

        // SAFETY: the event lives on this stack and the kernel copies it.
        if (Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_ADD, fd, epollEvent) != 0)
        {
            string reason = Marshal.GetLastPInvokeErrorMessage();
            _entries.TryRemove(id, out _);
            fd.DangerousRelease();
            throw new HypervisorException($"A descriptor could not be watched (epoll_ctl): {reason}.");
        }

        return id;
    }

    /// <summary>Ends a watch; after it the call does not come any more, unless it is already on its way.</summary>
    public void Forget(ulong id)
    {
        if (_entries.TryRemove(id, out Entry entry))
        {
            Remove(entry.Fd);
        }
    }

    private unsafe void Run()
    {
        int size = Libc.EpollEventSize;
        byte* events = stackalloc byte[Batch * 16];
        while (true)
        {
            // SAFETY: the buffer holds Batch events of the largest layout.
            int count = Libc.epoll_wait(_epoll, events, Batch, -1);
            for (int i = 0; i < count; i++)
            {
                ulong id = Unsafe.ReadUnaligned<ulong>(events + (i * size) + Libc.EpollEventDataOffset);
                if (_entries.TryRemove(id, out Entry entry))
                {
                    Remove(entry.Fd);
                    entry.Ready();
                }
            }
        }
    }

    private unsafe void Remove(SafeFd fd)
    {
        byte* unused = stackalloc byte[16];

        // SAFETY: kernels before 2.6.9 wanted a pointer here; later ones ignore it.
        _ = Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_DEL, fd, unused);
        fd.DangerousRelease();
    }

    private readonly record struct Entry(SafeFd Fd, Action Ready);
}
