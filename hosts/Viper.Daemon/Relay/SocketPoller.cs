using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Viper.Daemon.Interop;

namespace Viper.Daemon.Relay;

/// <summary>A thread that tells sockets when they can be read or written, and on which whoever waits for that goes on at once.</summary>
/// <remarks>
/// The runtime has a thread for this too, which hands what is to be done to another one; for a relay, that second thread's awakening
/// costs more than all the rest. Nothing that blocks may run here: only the relay does. Thread-safe.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed unsafe class SocketPoller
{
    private const int MaxEvents = 64;

    private static readonly SocketPoller[] s_all = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount / 2, 1, 4)).Select(static i => new SocketPoller(i))];
    private static uint s_next;

    private readonly SafeFileHandle _epoll;
    private readonly ConcurrentDictionary<long, PolledSocket> _sockets = new();
    private long _lastId;

    private SocketPoller(int number)
    {
        _epoll = new SafeFileHandle(Libc.epoll_create1(Libc.EPOLL_CLOEXEC), ownsHandle: true);
        if (_epoll.IsInvalid)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        new Thread(Run) { IsBackground = true, Name = $"relay-{number}" }.Start();
    }

    /// <summary>One of the few that there are, in turn.</summary>
    internal static SocketPoller Any() => s_all[Interlocked.Increment(ref s_next) % (uint)s_all.Length];

    /// <summary>Begins to tell a socket; the result is what to name when it is over.</summary>
    /// <exception cref="SocketException">The kernel has no room for it.</exception>
    internal long Add(PolledSocket socket)
    {
        long id = Interlocked.Increment(ref _lastId);
        _sockets[id] = socket;
        byte* entry = stackalloc byte[Libc.EpollEventSize];
        Span<byte> bytes = new(entry, Libc.EpollEventSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Libc.EPOLLIN | Libc.EPOLLOUT | Libc.EPOLLRDHUP | Libc.EPOLLET);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[Libc.EpollEventDataOffset..], id);
        if (Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_ADD, socket.Handle, entry) < 0)
        {
            _sockets.TryRemove(id, out _);
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable, Marshal.GetLastPInvokeErrorMessage());
        }

        return id;
    }

    /// <summary>Forgets a socket; the kernel does so when it is closed.</summary>
    internal void Remove(long id) => _sockets.TryRemove(id, out _);

    private void Run()
    {
        int size = Libc.EpollEventSize;
        byte* events = stackalloc byte[MaxEvents * size];
        while (true)
        {
            int count = Libc.epoll_wait(_epoll, events, MaxEvents, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() is var error and not Libc.EINTR)
            {
                throw new Win32Exception(error);
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> entry = new(events + (i * size), size);
                if (_sockets.TryGetValue(BinaryPrimitives.ReadInt64LittleEndian(entry[Libc.EpollEventDataOffset..]), out PolledSocket? socket))
                {
                    socket.Tell(BinaryPrimitives.ReadUInt32LittleEndian(entry));
                }
            }
        }
    }
}
