using System.Runtime.InteropServices;
using System.Text;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Qemu;

/// <summary>Opens taps for a QEMU that has lost the privilege to do so.</summary>
internal static class TapOpener
{
    /// <summary>Opens an existing tap of the calling thread's network namespace; the caller owns the descriptor.</summary>
    /// <exception cref="MachineSpecException">It cannot be opened.</exception>
    public static unsafe SafeFd Open(string name)
    {
        SafeFd tap = new(Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_CLOEXEC, 0));
        byte* request = stackalloc byte[Libc.InterfaceRequestSize];
        new Span<byte>(request, Libc.InterfaceRequestSize).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, Libc.InterfaceNameSize - 1));

        // With the header of virtio, as QEMU itself opens them: it carries checksums and segmentation.
        *(short*)(request + Libc.InterfaceNameSize) = Libc.IFF_TAP | Libc.IFF_NO_PI | Libc.IFF_VNET_HDR;

        // SAFETY: the request has the size of struct ifreq.
        if (tap.IsInvalid || Libc.ioctl(tap, Libc.TUNSETIFF, request) != 0)
        {
            string reason = Marshal.GetLastPInvokeErrorMessage();
            tap.Dispose();
            throw new MachineSpecException(nameof(MachineSpec.Nics), $"The tap '{name}' could not be opened: {reason}.");
        }

        return tap;
    }

    /// <summary>A copy of a descriptor, which the caller owns.</summary>
    public static SafeFd Copy(SafeHandle descriptor)
    {
        SafeFd copy = new(Libc.fcntl_handle(descriptor, Libc.F_DUPFD_CLOEXEC, 0));
        return copy.IsInvalid
            ? throw new HypervisorException($"A descriptor could not be duplicated: {Marshal.GetLastPInvokeErrorMessage()}.")
            : copy;
    }
}
