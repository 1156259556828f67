using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Viper.TestKit.Network;

/// <summary>Waits until a descriptor has something to read (poll(2)).</summary>
internal static unsafe partial class Readable
{
    private const short PollIn = 1;

    internal static bool Wait(SafeFileHandle handle, TimeSpan limit)
    {
        Request request = new() { Descriptor = (int)handle.DangerousGetHandle(), Wanted = PollIn };
        // SAFETY: poll reads and writes this one structure during the call only.
        return poll(&request, 1, (int)limit.TotalMilliseconds) > 0 && (request.Happened & PollIn) != 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(Request* requests, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Happened;
    }
}
