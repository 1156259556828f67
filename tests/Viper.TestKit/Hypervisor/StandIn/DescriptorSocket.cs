using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Viper.TestKit.Hypervisor.StandIn.Interop;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A connected unix socket that also receives descriptors.</summary>
internal sealed class DescriptorSocket(Socket socket, bool waitsInTheKernel) : IDisposable
{
    private const int ControlSize = 1024;
    private const int HeaderSize = 16;

    /// <summary>Reads what has come, at least one byte; 0 when the peer has closed.</summary>
    /// <remarks>The caller owns the descriptors that are added to the list.</remarks>
    public async Task<int> ReceiveAsync(Memory<byte> buffer, List<SafeFileHandle> descriptors)
    {
        while (true)
        {
            if (waitsInTheKernel)
            {
                socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
            }
            else
            {
                // Reading nothing waits until there is something.
                await socket.ReceiveAsync(Memory<byte>.Empty);
            }

            int count = TryReceive(buffer.Span, descriptors);
            if (count >= 0)
            {
                return count;
            }
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    public void Dispose() => socket.Dispose();

    private unsafe int TryReceive(Span<byte> buffer, List<SafeFileHandle> descriptors)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* start = buffer)
        {
            // SAFETY: every pointer is into memory that outlives the call.
            Libc.Vector vector = new() { Base = (nint)start, Length = (nuint)buffer.Length };
            Libc.MessageHeader message = new()
            {
                Vectors = (nint)(&vector),
                VectorCount = 1,
                Control = (nint)control,
                ControlLength = ControlSize,
            };
            nint count = Libc.recvmsg(socket.SafeHandle, &message, Libc.MSG_DONTWAIT | Libc.MSG_CMSG_CLOEXEC);
            if (count < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                return error is Libc.EAGAIN or Libc.EINTR ? -1 : throw new IOException("recvmsg failed", new Win32Exception(error));
            }

            Collect(new ReadOnlySpan<byte>(control, (int)message.ControlLength), descriptors);
            return (int)count;
        }
    }

    // struct cmsghdr: a length of 8 bytes with the header in it, a level, a type; then the descriptors (cmsg(3)).
    private static void Collect(ReadOnlySpan<byte> control, List<SafeFileHandle> descriptors)
    {
        while (control.Length >= HeaderSize)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(control);
            if (length < HeaderSize || length > control.Length)
            {
                return;
            }

            bool isRights = BinaryPrimitives.ReadInt32LittleEndian(control[8..]) == Libc.SOL_SOCKET
                && BinaryPrimitives.ReadInt32LittleEndian(control[12..]) == Libc.SCM_RIGHTS;
            for (int at = HeaderSize; isRights && at + 4 <= length; at += 4)
            {
                descriptors.Add(new SafeFileHandle(BinaryPrimitives.ReadInt32LittleEndian(control[at..]), ownsHandle: true));
            }

            control = control[Math.Min(control.Length, (length + 7) & ~7)..];
        }
    }
}
