using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Viper.TestKit.Hypervisor.StandIn.Interop;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Sends descriptors along with bytes, for tests of who receives them.</summary>
public static class DescriptorSender
{
    private const int HeaderSize = 16;

    /// <summary>Sends all of the bytes, with the descriptors at the first of them; the caller keeps its own.</summary>
    public static unsafe void Send(Socket socket, ReadOnlySpan<byte> bytes, params IReadOnlyList<SafeHandle> descriptors)
    {
        int length = HeaderSize + (4 * descriptors.Count);
        byte[] control = new byte[(length + 7) & ~7];
        BinaryPrimitives.WriteUInt64LittleEndian(control, (ulong)length);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(8), Libc.SOL_SOCKET);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), Libc.SCM_RIGHTS);
        for (int i = 0; i < descriptors.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(HeaderSize + (4 * i)), (int)descriptors[i].DangerousGetHandle());
        }

        fixed (byte* start = bytes, controlStart = control)
        {
            // SAFETY: every pointer is into memory that outlives the call.
            Libc.Vector vector = new() { Base = (nint)start, Length = (nuint)bytes.Length };
            Libc.MessageHeader message = new()
            {
                Vectors = (nint)(&vector),
                VectorCount = 1,
                Control = (nint)controlStart,
                ControlLength = (nuint)control.Length,
            };
            nint count = Libc.sendmsg(socket.SafeHandle, &message, 0);
            if (count != bytes.Length)
            {
                throw new IOException("sendmsg failed", new Win32Exception(Marshal.GetLastPInvokeError()));
            }
        }

        GC.KeepAlive(descriptors);
    }
}
