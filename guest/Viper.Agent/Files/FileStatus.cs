using Viper.Agent.Interop;
using Viper.Contracts.Agent;

namespace Viper.Agent.Files;

/// <summary>What the kernel says about a file (statx(2)).</summary>
internal readonly record struct FileStatus(int Mode, long Size, DateTimeOffset ModifiedAt)
{
    internal bool IsRegular => (Mode & Libc.S_IFMT) == Libc.S_IFREG;

    internal bool IsFolder => (Mode & Libc.S_IFMT) == Libc.S_IFDIR;

    internal bool IsLink => (Mode & Libc.S_IFMT) == Libc.S_IFLNK;

    internal int Permissions => Mode & 0xfff; // 07777

    internal GuestFileType Type => IsRegular ? GuestFileType.File
        : IsFolder ? GuestFileType.Directory
        : IsLink ? GuestFileType.Symlink
        : GuestFileType.Special;

    /// <summary>Asks about what a descriptor names, be it one that can do nothing else.</summary>
    internal static unsafe FileStatus Of(FileDescriptor file, GuestPath path)
    {
        byte nothing = 0;
        return Of(file.Number, &nothing, Libc.AT_EMPTY_PATH) ?? throw FileFault.Last("look at", path.ToString());
    }

    /// <summary>Asks about a name in a folder, a link itself; null when it is not there any more.</summary>
    internal static unsafe FileStatus? In(FileDescriptor folder, ReadOnlySpan<byte> name)
    {
        fixed (byte* pointer = (byte[])[.. name, 0])
        {
            return Of(folder.Number, pointer, Libc.AT_SYMLINK_NOFOLLOW);
        }
    }

    internal static string Octal(int permissions) => "0" + Convert.ToString(permissions, 8).PadLeft(3, '0');

    private static unsafe FileStatus? Of(int folder, byte* name, int flags)
    {
        Libc.StatX found;
        if (Libc.statx(folder, name, flags, Libc.STATX_BASIC_STATS, &found) != 0)
        {
            return null;
        }

        // Times that .NET cannot hold are no reason to fail.
        var seconds = Math.Clamp(found.stx_mtime_sec, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds) + TimeSpan.FromTicks(seconds == found.stx_mtime_sec ? found.stx_mtime_nsec % 1_000_000_000 / 100 : 0);
        return new FileStatus(found.stx_mode, (long)Math.Min(found.stx_size, long.MaxValue), time);
    }
}
