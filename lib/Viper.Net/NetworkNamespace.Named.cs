using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net;

public sealed partial class NetworkNamespace
{
    // The longest file name that Linux file systems take.
    private const int MaxNameLength = 255;

    private const uint NoMode = 0;

    /// <summary>Where named namespaces are: the same folder that iproute2 uses.</summary>
    public const string Folder = "/run/netns";

    /// <summary>Makes a namespace with a name that outlives this process; its loopback is down.</summary>
    /// <remarks>Equivalent to <c>ip netns add NAME</c>.</remarks>
    /// <exception cref="ArgumentException">The name is empty, too long, has a slash, or is "." or "..".</exception>
    /// <exception cref="NetworkNamespaceException">A namespace of that name exists (EEXIST), or the kernel refused.</exception>
    public static NetworkNamespace Create(string name)
    {
        string path = PathOf(name);
        PrepareFolder();
        int fd = Libc.open(path, SystemConstants.O_RDONLY | SystemConstants.O_CREAT | SystemConstants.O_EXCL | SystemConstants.O_CLOEXEC, NoMode);
        if (fd < 0)
        {
            throw new NetworkNamespaceException("create network namespace", name, Marshal.GetLastPInvokeError());
        }

        new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true).Dispose();
        try
        {
            OnNewThread(() =>
            {
                UnshareThread(name);
                Mount("/proc/thread-self/ns/net", path, SystemConstants.MS_BIND, name);
                return true;
            });
            return Open(name);
        }
        catch
        {
            _ = Libc.umount2(path, SystemConstants.MNT_DETACH);
            _ = Libc.unlink(path);
            throw;
        }
    }

    /// <summary>Opens a namespace by name.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="NetworkNamespaceException">There is none of that name (ENOENT).</exception>
    public static NetworkNamespace Open(string name) => new(name, OpenPath(PathOf(name), "open network namespace", name));

    /// <summary>True when there is a namespace of that name.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>The names of all named namespaces, sorted.</summary>
    public static IReadOnlyList<string> List()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        string[] names = [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Takes the name away; the namespace itself ends when nothing uses it any more.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="NetworkNamespaceException">The kernel refused.</exception>
    public static bool Delete(string name)
    {
        string path = PathOf(name);
        // EINVAL: a file without a mount, left by someone who was interrupted between the two.
        if (Libc.umount2(path, SystemConstants.MNT_DETACH) < 0
            && Marshal.GetLastPInvokeError() is var errno and not (ErrnoConstants.EINVAL or ErrnoConstants.ENOENT))
        {
            throw new NetworkNamespaceException("delete network namespace", name, errno);
        }

        if (Libc.unlink(path) == 0)
        {
            return true;
        }

        int failure = Marshal.GetLastPInvokeError();
        return failure == ErrnoConstants.ENOENT
            ? false
            : throw new NetworkNamespaceException("delete network namespace", name, failure);
    }

    /// <summary>Takes the name away that this namespace has, whatever it was opened by.</summary>
    /// <returns>False when it has none.</returns>
    /// <exception cref="NetworkNamespaceException">The kernel refused.</exception>
    public bool Delete()
    {
        ulong own = Identity(Handle);
        foreach (string name in List())
        {
            using NetworkNamespace other = Open(name);
            if (Identity(other.Handle) == own)
            {
                return Delete(name);
            }
        }

        return false;
    }

    private static string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name is "." or ".." || name.Contains('/', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)
            || name.Length > MaxNameLength)
        {
            throw new ArgumentException($"'{name}' is not a name for a network namespace.", nameof(name));
        }

        return Path.Combine(Folder, name);
    }

    /// <summary>The folder must be a shared mount of its own, so that names reach other mount namespaces and can be removed there.</summary>
    private static unsafe void PrepareFolder()
    {
        Directory.CreateDirectory(Folder);
        int shared = SystemConstants.MS_SHARED | SystemConstants.MS_REC;
        if (Libc.mount("", Folder, "none", (nuint)shared, null) == 0)
        {
            return;
        }

        if (Marshal.GetLastPInvokeError() != ErrnoConstants.EINVAL)
        {
            throw new NetworkNamespaceException("share the folder of namespaces", Folder, Marshal.GetLastPInvokeError());
        }

        Mount(Folder, Folder, SystemConstants.MS_BIND | SystemConstants.MS_REC, null);
        Mount("", Folder, shared, null);
    }

    private static unsafe void Mount(string source, string target, int flags, string? name)
    {
        if (Libc.mount(source, target, "none", (nuint)flags, null) < 0)
        {
            throw new NetworkNamespaceException("mount network namespace", name ?? target, Marshal.GetLastPInvokeError());
        }
    }
}
