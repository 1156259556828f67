using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>sendmsg(2) and recvmsg(2), for descriptors in control messages: unix(7), cmsg(3).</summary>
internal static partial class Libc
{
    internal const int SOL_SOCKET = 1;
    internal const int SCM_RIGHTS = 1;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_CTRUNC = 8;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const int EAGAIN = 11;
    internal const int SO_RCVTIMEO = 20;
    internal const int SO_SNDTIMEO = 21;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;

    /// <summary>struct iovec.</summary>
    internal unsafe struct Iovec
    {
        internal void* Base;
        internal nuint Length;
    }

    /// <summary>struct msghdr of 64-bit Linux.</summary>
    internal unsafe struct MessageHeader
    {
        internal void* Name;
        internal uint NameLength;
        internal Iovec* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    /// <summary>struct cmsghdr, which the descriptors follow.</summary>
    internal struct ControlHeader
    {
        internal nuint Length;
        internal int Level;
        internal int Type;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint recv(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint send(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint sendmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint recvmsg(SafeHandle socket, MessageHeader* message, int flags);
}
