using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>sys/inotify.h, sys/eventfd.h and linux/input.h.</summary>
internal static partial class Libc
{
    internal const uint IN_ATTRIB = 0x4;
    internal const uint IN_MODIFY = 0x2;
    internal const uint IN_CLOSE_WRITE = 0x8;
    internal const uint IN_MOVED_FROM = 0x40;
    internal const uint IN_MOVED_TO = 0x80;
    internal const uint IN_CREATE = 0x100;
    internal const uint IN_DELETE = 0x200;
    internal const uint IN_DELETE_SELF = 0x400;
    internal const uint IN_MOVE_SELF = 0x800;
    internal const uint IN_Q_OVERFLOW = 0x4000;
    internal const uint IN_IGNORED = 0x8000;
    internal const uint IN_ONLYDIR = 0x1000000;
    internal const uint IN_ISDIR = 0x40000000;
    internal const int IN_NONBLOCK = O_NONBLOCK;
    internal const int IN_CLOEXEC = O_CLOEXEC;
    internal const int EFD_CLOEXEC = O_CLOEXEC;

    internal const ushort EV_KEY = 1;
    internal const ushort KEY_POWER = 116;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inotify_add_watch(int fd, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    internal const int InputEventSize = 24;

    // struct input_event { struct timeval time; __u16 type; __u16 code; __s32 value; };  <linux/input.h>
    [StructLayout(LayoutKind.Sequential)]
    internal struct InputEvent
    {
        internal long tv_sec;
        internal long tv_usec;
        internal ushort type;
        internal ushort code;
        internal int value;
    }
}
