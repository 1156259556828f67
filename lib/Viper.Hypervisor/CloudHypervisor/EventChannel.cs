using System.Net.Sockets;
using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>The two ends of the way that events take.</summary>
/// <remarks>A pair of sockets rather than a pipe: a socket is waited for without a thread.</remarks>
internal static class EventChannel
{
    /// <summary>Makes a pair; both ends are the caller's.</summary>
    /// <returns>What to read from, and the descriptor for the VMM.</returns>
    public static unsafe (NetworkStream Reader, SafeFd Writer) Create()
    {
        int* ends = stackalloc int[2];

        // SAFETY: socketpair writes two numbers.
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, ends) != 0)
        {
            throw new HypervisorException($"No sockets for the events of a VMM could be made: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        SafeFd writer = new(ends[1]);
        return (new NetworkStream(new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)), ownsSocket: true), writer);
    }
}
