using System.Net.Sockets;
using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>Sends descriptors over a unix socket (SCM_RIGHTS).</summary>
internal static class DescriptorSender
{
    /// <summary>SCM_MAX_FD of include/net/scm.h.</summary>
    public const int Limit = 253;

    private const int SendPatienceMicroseconds = 5_000_000;

    /// <summary>Sends the first of the bytes together with the descriptors; returns how many bytes went, at least one.</summary>
    /// <remarks>The descriptors stay the caller's; the receiver gets copies. The rest of the bytes is the caller's to send.</remarks>
    /// <exception cref="IOException">The socket is closed or full.</exception>
    public static unsafe int Send(Socket socket, ReadOnlySpan<byte> bytes, IReadOnlyList<SafeHandle> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bytes.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Count, Limit);
        int payload = sizeof(Libc.ControlHeader) + (descriptors.Count * sizeof(int));
        byte[] control = new byte[(payload + sizeof(nuint) - 1) / sizeof(nuint) * sizeof(nuint)];
        int held = 0;
        try
        {
            fixed (byte* data = bytes)
            {
                fixed (byte* controlStart = control)
                {
                    Libc.ControlHeader* header = (Libc.ControlHeader*)controlStart;
                    header->Length = (nuint)payload;
                    header->Level = Libc.SOL_SOCKET;
                    header->Type = Libc.SCM_RIGHTS;
                    int* numbers = (int*)(controlStart + sizeof(Libc.ControlHeader));
                    for (; held < descriptors.Count; held++)
                    {
                        bool taken = false;
                        descriptors[held].DangerousAddRef(ref taken);
                        numbers[held] = (int)descriptors[held].DangerousGetHandle();
                    }

                    // SAFETY: all that the header points to is pinned here or on this stack, with the lengths given.
                    Libc.Iovec vector = new() { Base = data, Length = (nuint)bytes.Length };
                    Libc.MessageHeader message = new()
                    {
                        Vectors = &vector,
                        VectorCount = 1,
                        Control = descriptors.Count == 0 ? null : controlStart,
                        ControlLength = descriptors.Count == 0 ? 0 : (nuint)control.Length,
                    };
                    return SendWhole(socket, &message);
                }
            }
        }
        finally
        {
            while (held > 0)
            {
                descriptors[--held].DangerousRelease();
            }
        }
    }

    private static unsafe int SendWhole(Socket socket, Libc.MessageHeader* message)
    {
        while (true)
        {
            nint sent = Libc.sendmsg(socket.SafeHandle, message, Libc.MSG_NOSIGNAL);
            if (sent > 0)
            {
                return (int)sent;
            }

            int errno = Marshal.GetLastPInvokeError();
            bool again = errno == Libc.EINTR
                || (errno == Libc.EAGAIN && socket.Poll(SendPatienceMicroseconds, SelectMode.SelectWrite));
            if (!again)
            {
                throw new IOException($"Descriptors could not be sent (sendmsg): {Marshal.GetPInvokeErrorMessage(errno)}.");
            }
        }
    }
}
