using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Viper.TestKit.Network;

/// <summary>Frames in and out of a tap descriptor: poll(2), read(2), write(2).</summary>
internal static unsafe partial class FrameIo
{
    private const short PollIn = 1;

    internal static bool WaitReadable(SafeFileHandle handle, TimeSpan limit)
    {
        Request request = new() { Descriptor = (int)handle.DangerousGetHandle(), Wanted = PollIn };
        // SAFETY: poll reads and writes this one structure during the call only.
        return poll(&request, 1, (int)limit.TotalMilliseconds) > 0 && (request.Happened & PollIn) != 0;
    }

    /// <summary>One frame, or -1.</summary>
    internal static int Read(SafeFileHandle handle, Span<byte> buffer)
    {
        // SAFETY: the buffer is pinned during the call.
        fixed (byte* bytes = buffer)
        {
            return (int)read((int)handle.DangerousGetHandle(), bytes, (nuint)buffer.Length);
        }
    }

    /// <summary>Writes one frame; a link that is down drops it, like a cable that is not plugged in.</summary>
    internal static void Write(SafeFileHandle handle, ReadOnlySpan<byte> frame)
    {
        // SAFETY: the frame is pinned during the call.
        fixed (byte* bytes = frame)
        {
            _ = write((int)handle.DangerousGetHandle(), bytes, (nuint)frame.Length);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(Request* requests, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* buffer, nuint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Happened;
    }
}
