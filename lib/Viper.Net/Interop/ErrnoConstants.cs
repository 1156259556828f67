namespace Viper.Net.Interop;

/// <summary>Error numbers (errno.h). A test compares each with the headers of the machine.</summary>
internal static class ErrnoConstants
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EBADF = 9;
    internal const int EAGAIN = 11;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EBUSY = 16;
    internal const int EEXIST = 17;
    internal const int ENODEV = 19;
    internal const int EINVAL = 22;
    internal const int EMSGSIZE = 90;
    internal const int EBADMSG = 74;
    internal const int EOPNOTSUPP = 95;
    internal const int EADDRINUSE = 98;
    internal const int EADDRNOTAVAIL = 99;
    internal const int ENOBUFS = 105;
    internal const int ETIMEDOUT = 110;
    internal const int ENOTSUP = 95;
    internal const int EAFNOSUPPORT = 97;
    internal const int ERANGE = 34;
    internal const int EPROTO = 71;
    internal const int ENOTUNIQ = 76;
    internal const int EBADFD = 77;
    internal const int ENETUNREACH = 101;
}
