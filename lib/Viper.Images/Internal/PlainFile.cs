using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Viper.Images.Interop;

namespace Viper.Images;

/// <summary>An open regular file, never reached through a symbolic link as its last step.</summary>
internal static class PlainFile
{
    /// <summary>Opens a file for reading; null where there is none. Anything but a regular file is refused with the reason.</summary>
    internal static SafeFileHandle? TryOpen(string path, out FileStamp stamp, out string refusal)
    {
        stamp = s_nothing;
        refusal = "";
        // Non-blocking, so that a pipe in the file's place cannot hold us; it changes nothing for a regular file.
        int fd = Open(path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            refusal = errno switch
            {
                Libc.ENOENT or Libc.ENOTDIR => "missing",
                Libc.ELOOP => "a symbolic link",
                _ => new Win32Exception(errno).Message,
            };
            return null;
        }

        SafeFileHandle handle = new(fd, ownsHandle: true);
        StatxBuffer buffer = Stat(handle, path);
        if ((buffer.Mode & Libc.S_IFMT) != Libc.S_IFREG)
        {
            handle.Dispose();
            refusal = "not a regular file";
            return null;
        }

        stamp = StampOf(buffer);
        return handle;
    }

    /// <summary>The state of an open file now.</summary>
    internal static FileStamp StampOf(SafeFileHandle handle, string path) => StampOf(Stat(handle, path));

    /// <summary>Makes a folder's entries durable.</summary>
    internal static void SyncDirectory(string path)
    {
        int fd = Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        using SafeFileHandle handle = new(fd, ownsHandle: true);
        if (fd < 0 || Libc.fsync(handle) != 0)
        {
            throw new IOException($"The folder {path} cannot be made durable: {new Win32Exception().Message}.");
        }
    }

    private static readonly FileStamp s_nothing = new(0, 0, 0, 0, 0);

    private static int Open(string path, int flags)
    {
        int fd;
        do
        {
            fd = Libc.open(path, flags, 0);
        }
        while (fd < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);

        return fd;
    }

    private static unsafe StatxBuffer Stat(SafeFileHandle handle, string path)
    {
        StatxBuffer buffer = default;
        byte empty = 0;
        // SAFETY: both pointers are to locals that outlive the call; the kernel writes at most 256 bytes.
        return Libc.statx(handle, &empty, Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &buffer) == 0
            ? buffer
            : throw new IOException($"The state of {path} cannot be read: {new Win32Exception().Message}.");
    }

    private static FileStamp StampOf(in StatxBuffer buffer) => new(
        ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor,
        buffer.Inode,
        (long)buffer.Size,
        (buffer.ModifiedSeconds * 1_000_000_000) + buffer.ModifiedNanoseconds,
        (buffer.ChangedSeconds * 1_000_000_000) + buffer.ChangedNanoseconds);
}
