using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Viper.Cdp.Interop;

/// <summary>The few calls of the C library that the platform does not offer.</summary>
internal static partial class Libc
{
    internal const int EINTR = 4;
    internal const int EAGAIN = 11;

    private const int F_GETFL = 3;
    private const int F_SETFL = 4;
    private const int O_NONBLOCK = 0x800;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;

    /// <summary>Fills with random bytes without OpenSSL, which small images lack.</summary>
    internal static void GetRandom(Span<byte> target)
    {
        while (target.Length > 0)
        {
            var count = getrandom(ref MemoryMarshal.GetReference(target), (nuint)target.Length, 0); // getrandom(2)
            if (count < 0 && Marshal.GetLastPInvokeError() != EINTR)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }

            target = target[(int)Math.Max(0, count)..];
        }
    }

    /// <summary>Makes reads of a descriptor wait, which the platform turns off for all that it connects asynchronously.</summary>
    internal static void SetBlocking(SafeHandle descriptor)
    {
        var flags = fcntl(descriptor, F_GETFL, 0); // fcntl(2)
        if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Receives, and blocks until there is something; 0 at the end, a negated errno on failure.</summary>
    internal static int Receive(SafeHandle socket, Span<byte> target)
    {
        while (true)
        {
            var count = recv(socket, ref MemoryMarshal.GetReference(target), (nuint)target.Length, 0); // recv(2)
            if (count >= 0)
            {
                return (int)count;
            }

            if (Marshal.GetLastPInvokeError() is var error and not EINTR)
            {
                return -error;
            }
        }
    }

    /// <summary>Sends as much as there is room for, or blocks until there is room; a negated errno on failure.</summary>
    internal static int Send(SafeHandle socket, ReadOnlySpan<byte> data, bool mayBlock)
    {
        while (true)
        {
            var flags = MSG_NOSIGNAL | (mayBlock ? 0 : MSG_DONTWAIT);
            var count = send(socket, ref MemoryMarshal.GetReference(data), (nuint)data.Length, flags); // send(2)
            if (count >= 0)
            {
                return (int)count;
            }

            if (Marshal.GetLastPInvokeError() is var error and not EINTR)
            {
                return -error;
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getrandom(ref byte target, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeHandle socket, ref byte target, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeHandle socket, ref byte data, nuint length, int flags);
}
