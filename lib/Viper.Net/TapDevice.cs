using System.Runtime.InteropServices;
using System.Text;

using Microsoft.Win32.SafeHandles;

using Viper.Net.Interop;

namespace Viper.Net;

/// <summary>A tap device that this process holds open: an Ethernet interface whose frames are read and written as bytes.</summary>
/// <remarks>
/// Facts: Documentation/networking/tuntap.rst, linux/if_tun.h. The device is in the network namespace of the thread that
/// made or opened it. Making one needs CAP_NET_ADMIN; opening one needs that or to be its owner. Disposing closes the
/// descriptor; a device that is not persistent goes with it.
/// </remarks>
public sealed unsafe partial class TapDevice : IDisposable
{
    private const string ControlPath = "/dev/net/tun";

    private TapDevice(string name, SafeFileHandle handle)
    {
        Name = name;
        Handle = handle;
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>The descriptor of the device, ready to hand to a VMM; it is closed with this object.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Opens /dev/net/tun and asks the driver behind it what it can do; no device is made.</summary>
    /// <exception cref="TapException">/dev/net/tun is missing (ENOENT), not usable (EACCES, EPERM), or not the tun driver's (ENOTTY).</exception>
    public static void CheckDriver()
    {
        using SafeFileHandle handle = OpenControl("look at", ControlPath);
        uint features = 0;
        // SAFETY: the kernel writes 4 bytes, which is the size of the variable.
        if (Libc.ioctl(handle, TunConstants.TUNGETFEATURES, (nuint)(&features)) < 0)
        {
            throw new TapException("ask the driver of", ControlPath, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Makes a tap device; it is down and belongs to no bridge.</summary>
    /// <exception cref="ArgumentException">The name is not valid (see <see cref="LinkName"/>).</exception>
    /// <exception cref="TapException">A device of that name exists (EBUSY), /dev/net/tun is missing (ENOENT) or not usable (EACCES, EPERM).</exception>
    public static TapDevice Create(string name, TapOptions? options = null)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        return Make(name, options ?? new TapOptions());
    }

    /// <summary>Makes a tap device as <see cref="Create"/> does, whose name is a prefix and the lowest number that is free.</summary>
    /// <exception cref="ArgumentException">The prefix cannot begin a name.</exception>
    /// <exception cref="TapException">/dev/net/tun is missing (ENOENT) or not usable (EACCES, EPERM), or no number is free (ENFILE).</exception>
    public static TapDevice CreateNumbered(string prefix, TapOptions? options = null)
    {
        LinkName.ThrowIfInvalid(prefix + "0", nameof(prefix));
        return Make(prefix + "%d", options ?? new TapOptions());
    }

    /// <summary>Opens a tap device that exists, as a VMM does; the options must agree with those it was made with.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="TapException">There is no such device (ENODEV), it is open elsewhere (EBUSY), or it belongs to another user (EPERM).</exception>
    public static TapDevice Open(string name, TapOptions? options = null)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        using (RouteSocket route = new())
        {
            // TUNSETIFF makes a device where there is none; the caller asked for one that exists.
            if (route.GetLink(name) is null)
            {
                throw new TapException("open tap", name, ErrnoConstants.ENODEV);
            }
        }

        SafeFileHandle handle = OpenControl("open tap", name);
        try
        {
            Attach(handle, "open tap", name, Flags(options ?? new TapOptions()));
            SetVnetHeader(handle, name, options ?? new TapOptions());
            return new TapDevice(name, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Deletes a tap device, whether open somewhere or not.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="TapException">The link of that name is not a tap device.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static bool Delete(string name)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        using RouteSocket route = new();
        return route.GetLink(name) switch
        {
            null => false,
            { Kind: LinkKind.Tun } link => route.DeleteLink(link.Index),
            _ => throw new TapException("delete tap", name, ErrnoConstants.EINVAL, "the link of that name is no tap device"),
        };
    }

    /// <summary>Makes the device outlive its descriptors, or not.</summary>
    /// <exception cref="TapException">The kernel refused.</exception>
    public void SetPersistent(bool persistent) =>
        Control(Handle, "change persistence of tap", Name, TunConstants.TUNSETPERSIST, persistent ? 1u : 0u);

    /// <summary>Closes the descriptor.</summary>
    public void Dispose() => Handle.Dispose();

    private static TapDevice Make(string name, TapOptions options)
    {
        SafeFileHandle handle = OpenControl("create tap", name);
        try
        {
            // Without TUN_EXCL a device of that name would be opened instead, and two creators would share it.
            name = Attach(handle, "create tap", name, Flags(options) | TunConstants.IFF_TUN_EXCL);
            if (options.OwnerUid is { } owner)
            {
                Control(handle, "set owner of tap", name, TunConstants.TUNSETOWNER, owner);
            }

            if (options.OwnerGid is { } group)
            {
                Control(handle, "set group of tap", name, TunConstants.TUNSETGROUP, group);
            }

            SetVnetHeader(handle, name, options);
            if (options.IsPersistent)
            {
                Control(handle, "make tap persistent", name, TunConstants.TUNSETPERSIST, 1);
            }

            return new TapDevice(name, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static int Flags(TapOptions options) =>
        TunConstants.IFF_TAP | TunConstants.IFF_NO_PI
        | (options.VnetHeader ? TunConstants.IFF_VNET_HDR : 0)
        | (options.MultiQueue ? TunConstants.IFF_MULTI_QUEUE : 0);

    private static SafeFileHandle OpenControl(string operation, string name)
    {
        int fd = Libc.open(ControlPath, SystemConstants.O_RDWR | SystemConstants.O_CLOEXEC, 0);
        return fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new TapException(operation, name, Marshal.GetLastPInvokeError(), $"{ControlPath} does not open");
    }

    /// <returns>The device's name, in which the kernel has put a number for <c>%d</c>.</returns>
    private static string Attach(SafeFileHandle handle, string operation, string name, int flags)
    {
        ifreq request = new() { ifr_flags = (short)flags };
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.ifr_name, LinkConstants.IFNAMSIZ));
        // SAFETY: the kernel reads and writes 40 bytes, which is the size of the structure.
        if (Libc.ioctl(handle, TunConstants.TUNSETIFF, &request) < 0)
        {
            throw new TapException(operation, name, Marshal.GetLastPInvokeError());
        }

        return Marshal.PtrToStringUTF8((nint)request.ifr_name)!;
    }

    private static void Control(SafeFileHandle handle, string operation, string name, uint request, uint value)
    {
        if (Libc.ioctl(handle, (nuint)request, (nuint)value) < 0)
        {
            throw new TapException(operation, name, Marshal.GetLastPInvokeError());
        }
    }
}
