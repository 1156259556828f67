namespace Viper.Net.Interop;

/// <summary>Files, mounts and namespaces (fcntl.h, sys/mount.h, sched.h, signal.h). A test compares each with the headers of the machine.</summary>
internal static class SystemConstants
{
    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 64;
    internal const int O_EXCL = 128;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_NONBLOCK = 2048;
    internal const int CLONE_NEWNET = 0x40000000;
    internal const int MS_BIND = 0x1000;
    internal const int MS_REC = 0x4000;
    internal const int MS_SHARED = 0x100000;
    internal const int MNT_DETACH = 2;
    internal const int CAP_NET_ADMIN = 12;
    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGQUIT = 3;
    internal const int SIGTERM = 15;
    internal const int SIGCONT = 18;
    internal const int O_WRONLY = 1;
}
