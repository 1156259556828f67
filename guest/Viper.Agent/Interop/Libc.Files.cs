using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>linux/openat2.h, linux/stat.h, dirent.h and stdio.h: files by their folder's descriptor. Names are bytes, as the kernel has them.</summary>
internal static partial class Libc
{
    // <linux/openat2.h>
    internal const ulong RESOLVE_NO_XDEV = 0x01;
    internal const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    internal const ulong RESOLVE_NO_SYMLINKS = 0x04;
    internal const ulong RESOLVE_BENEATH = 0x08;

    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_REMOVEDIR = 0x200;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint RENAME_NOREPLACE = 1;
    internal const uint STATX_BASIC_STATS = 0x7ff;

    internal const int S_IFMT = 0xf000;
    internal const int S_IFDIR = 0x4000;
    internal const int S_IFREG = 0x8000;
    internal const int S_IFLNK = 0xa000;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int mkdirat(int folder, byte* name, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int unlinkat(int folder, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int renameat2(int oldFolder, byte* oldName, int newFolder, byte* newName, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int symlinkat(byte* target, int folder, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int linkat(int oldFolder, byte* oldName, int newFolder, byte* newName, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint readlinkat(int folder, byte* name, byte* target, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int utimensat(int folder, byte* name, TimeSpec* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int statx(int folder, byte* name, int flags, uint mask, StatX* found);

    // glibc 2.30
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint getdents64(int fd, byte* entries, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint lseek(int fd, nint offset, int from);

    // struct open_how { __u64 flags; __u64 mode; __u64 resolve; };  <linux/openat2.h>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        internal ulong flags;
        internal ulong mode;
        internal ulong resolve;
    }

    // struct statx, 256 bytes on every machine  <linux/stat.h>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatX
    {
        [FieldOffset(28)]
        internal ushort stx_mode;
        [FieldOffset(40)]
        internal ulong stx_size;
        [FieldOffset(112)]
        internal long stx_mtime_sec;
        [FieldOffset(120)]
        internal uint stx_mtime_nsec;
    }
}
