using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

using Viper.Net.Interop;

namespace Viper.Net;

public sealed unsafe partial class TapDevice
{
    /// <summary>The most queues that the kernel gives one tap (drivers/net/tun.c, MAX_TAP_QUEUES).</summary>
    public const int MostQueues = 256;

    /// <summary>Opens several queues of a tap, each with a descriptor of its own, ready to be given to a VMM.</summary>
    /// <param name="name">A tap that was made with <see cref="TapOptions.MultiQueue"/>.</param>
    /// <param name="count">How many, 1 to 256.</param>
    /// <param name="options">What the tap was made with.</param>
    /// <returns>The queues; the caller disposes of each.</returns>
    /// <exception cref="TapException">There is no such tap (ENODEV), it was made without queues (EINVAL), or it has no more (E2BIG).</exception>
    public static IReadOnlyList<SafeFileHandle> OpenQueues(string name, int count, TapOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostQueues);
        TapOptions with = (options ?? new TapOptions()) with { MultiQueue = true };
        List<SafeFileHandle> queues = new(count);
        try
        {
            // The first one checks that the tap exists; an attachment to nothing would make one.
            queues.Add(Open(name, with).Handle);
            while (queues.Count < count)
            {
                SafeFileHandle handle = OpenControl("open queue of tap", name);
                queues.Add(handle);
                Attach(handle, "open queue of tap", name, Flags(with));
                SetVnetHeader(handle, name, with);
            }

            return queues;
        }
        catch
        {
            queues.ForEach(static queue => queue.Dispose());
            throw;
        }
    }

    private static void SetVnetHeader(SafeFileHandle handle, string name, TapOptions options)
    {
        if (options.VnetHeaderLength is not { } length)
        {
            return;
        }

        // SAFETY: the kernel reads 4 bytes, which is the size of the variable.
        if (Libc.ioctl(handle, (nuint)TunConstants.TUNSETVNETHDRSZ, (nuint)(&length)) < 0)
        {
            throw new TapException("set header length of tap", name, Marshal.GetLastPInvokeError());
        }
    }
}
