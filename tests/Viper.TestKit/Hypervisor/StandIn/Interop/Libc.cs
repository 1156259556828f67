using System.Runtime.InteropServices;

namespace Viper.TestKit.Hypervisor.StandIn.Interop;

/// <summary>recvmsg(2) and sendmsg(2) for descriptors, posix_openpt(3) for terminals, kill(2) to die.</summary>
internal static partial class Libc
{
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const int SOL_SOCKET = 1;
    internal const int SCM_RIGHTS = 1;
    internal const int EINTR = 4;
    internal const int EAGAIN = 11;
    internal const int O_RDWR = 2;
    internal const int O_NOCTTY = 0x100;
    internal const int SIGKILL = 9;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint recvmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint sendmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_openpt(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int grantpt(SafeHandle terminal);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlockpt(SafeHandle terminal);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int ptsname_r(SafeHandle terminal, byte* name, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int process, int signal);

    // struct iovec and struct msghdr of a 64-bit machine (bits/socket.h).
    [StructLayout(LayoutKind.Sequential)]
    internal struct Vector
    {
        public nint Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public nint Name;
        public uint NameLength;
        public nint Vectors;
        public nuint VectorCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
    }
}
