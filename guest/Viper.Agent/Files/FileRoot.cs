using System.Runtime.InteropServices;
using Viper.Agent.Actions;
using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>
/// The folder of files, and the only way to what is in it: the kernel resolves every path beneath the folder's descriptor
/// (openat2(2)), so no symbolic link, <c>..</c> or mount leads out, whatever the guest changes meanwhile. Thread-safe.
/// </summary>
internal sealed class FileRoot
{
    internal const uint FolderMode = 0x1ed; // 0755

    private const ulong Beneath = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_MAGICLINKS | Libc.RESOLVE_NO_XDEV;
    private const int MaxTries = 64;

    internal FileRoot(string path, uint? user)
    {
        Path = path;
        User = user;
    }

    internal string Path { get; }

    /// <summary>Gets whose files are; null for the agent's own.</summary>
    internal uint? User { get; }

    /// <summary>Opens what a path leads to, links followed as long as they stay within.</summary>
    /// <exception cref="ActionException">It is not there, or not to be had.</exception>
    internal FileDescriptor Open(GuestPath path, int flags, string what)
    {
        using var root = OpenRoot();
        return OpenAt(root, path, flags, what, Beneath);
    }

    /// <summary>Opens what is there by that name itself, be it a link, without doing anything with it (O_PATH).</summary>
    internal FileDescriptor Find(GuestPath path, string what)
    {
        using var folder = OpenFolder(path.Parent, what);
        return OpenAt(folder, NameOf(path), Libc.O_PATH | Libc.O_NOFOLLOW, what, Beneath, path);
    }

    /// <summary>Opens a folder to name what is in it.</summary>
    internal FileDescriptor OpenFolder(GuestPath path, string what) => Open(path, Libc.O_PATH | Libc.O_DIRECTORY, what);

    /// <summary>Opens a folder in an open one, by its name alone: neither a link nor a mount is entered.</summary>
    internal FileDescriptor OpenFolderIn(FileDescriptor folder, GuestPath path, string what) =>
        OpenAt(folder, NameOf(path), Libc.O_RDONLY | Libc.O_DIRECTORY, what, Beneath | Libc.RESOLVE_NO_SYMLINKS, path);

    /// <summary>Opens a regular file to read it; anything else is refused without being touched, so that no FIFO blocks and no device acts.</summary>
    internal FileDescriptor OpenRegular(GuestPath path, out FileStatus status)
    {
        using var found = Open(path, Libc.O_PATH, "read");
        return Reopen(found, path, out status);
    }

    /// <summary>As <see cref="OpenRegular"/>, of a name in an open folder, links not followed.</summary>
    internal FileDescriptor OpenRegularIn(FileDescriptor folder, GuestPath path, out FileStatus status)
    {
        using var found = OpenAt(folder, NameOf(path), Libc.O_PATH | Libc.O_NOFOLLOW, "read", Beneath, path);
        return Reopen(found, path, out status);
    }

    /// <summary>Makes a new file in an open folder, to write.</summary>
    internal unsafe FileDescriptor Create(FileDescriptor folder, ReadOnlySpan<byte> name, GuestPath path)
    {
        var single = GuestPath.Check("path", name);
        return OpenAt(folder, single, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, "write", Beneath, path, 0x180); // 0600
    }

    /// <summary>Makes a folder, and with it, when asked to, those on the way; one that is there already is left as it is.</summary>
    internal unsafe void MakeFolder(GuestPath path, bool parents, uint mode = FolderMode)
    {
        if (path.IsRoot)
        {
            return;
        }

        foreach (var step in parents ? [.. path.Ancestors(), path] : new[] { path })
        {
            using var folder = OpenFolder(step.Parent, "make");
            using var identity = FileIdentity.Take(User);
            fixed (byte* name = NameOf(step).ToNative())
            {
                if (Libc.mkdirat(folder.Number, name, mode) != 0 && Marshal.GetLastPInvokeError() != Libc.EEXIST)
                {
                    throw FileFault.Last("make", step.ToString());
                }
            }
        }

        // What was there already may be something else.
        OpenFolder(path, "make").Dispose();
    }

    internal static GuestPath NameOf(GuestPath path) => GuestPath.Check("path", path.Name);

    internal static ActionException Special(GuestPath path) =>
        new(409, "special_file", $"'{path}' is a device, a FIFO, a socket or a link, which are neither read nor written.");

    private FileDescriptor Reopen(FileDescriptor found, GuestPath path, out FileStatus status)
    {
        status = FileStatus.Of(found, path);
        if (status.IsFolder)
        {
            throw FileFault.Of(Libc.EISDIR, "read", path.ToString());
        }

        if (!status.IsRegular)
        {
            throw Special(path);
        }

        // The descriptor names the very file that was looked at.
        using var identity = FileIdentity.Take(User);
        return FileDescriptor.TryOpen($"/proc/self/fd/{found.Number}", Libc.O_RDONLY) ?? throw FileFault.Last("read", path.ToString());
    }

    private FileDescriptor OpenRoot() => FileDescriptor.TryOpen(Path, Libc.O_PATH | Libc.O_DIRECTORY)
        ?? throw new ActionException(503, "storage_missing", $"The guest's folder of files, {Path}, is not there.");

    private unsafe FileDescriptor OpenAt(
        FileDescriptor folder, GuestPath name, int flags, string what, ulong resolve, GuestPath? shown = null, uint mode = 0)
    {
        var how = new Libc.OpenHow { flags = (ulong)(uint)(flags | Libc.O_CLOEXEC), mode = mode, resolve = resolve };
        using var identity = FileIdentity.Take(User);
        fixed (byte* path = name.ToNative())
        {
            // EAGAIN: something on the way was renamed while the kernel looked for ways out.
            for (var tries = 0; ; tries++)
            {
                var fd = (int)Libc.syscall(Libc.SYS_openat2, folder.Number, (nint)path, (nint)(&how), sizeof(Libc.OpenHow), 0);
                if (fd >= 0)
                {
                    return new FileDescriptor(fd);
                }

                if (tries == MaxTries || Marshal.GetLastPInvokeError() is not (Libc.EAGAIN or Libc.EINTR))
                {
                    throw FileFault.Last(what, (shown ?? name).ToString());
                }
            }
        }
    }
}
