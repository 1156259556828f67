using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>poll(2) around EINTR.</summary>
internal static class Poller
{
    /// <summary>Waits, without a deadline, until one of the descriptors is readable, has ended or failed.</summary>
    internal static unsafe void Wait(Span<Libc.PollFd> descriptors)
    {
        fixed (Libc.PollFd* pointer = descriptors)
        {
            while (Libc.poll(pointer, (nuint)descriptors.Length, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() != Libc.EINTR)
                {
                    throw SystemCallException.Last("poll");
                }
            }
        }
    }

    /// <summary>Says at once whether a descriptor is readable or has ended.</summary>
    internal static bool IsReadable(int fd) => WaitReadable(fd, 0);

    /// <summary>Waits so many milliseconds for a descriptor to be readable, or to end; a signal may cut that short.</summary>
    internal static unsafe bool WaitReadable(int fd, int milliseconds)
    {
        var descriptor = new Libc.PollFd { fd = fd, events = Libc.POLLIN };
        return Libc.poll(&descriptor, 1, milliseconds) > 0;
    }
}
