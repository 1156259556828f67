using System.Runtime.InteropServices;

namespace Viper.Net;

/// <summary>A network operation that the kernel, or the state of the host, refused.</summary>
/// <remarks>Base of every exception of this library. Misuse of an API throws the usual CLR exceptions instead.</remarks>
public class NetException : Exception
{
    internal NetException(string operation, string? target, int errno, string? why = null, Exception? inner = null)
        : base(Describe(operation, target, errno, why), inner)
    {
        Operation = operation;
        Target = target;
        Errno = errno;
    }

    /// <summary>What was tried, for example "add address".</summary>
    public string Operation { get; }

    /// <summary>What it was tried on, for example an interface name; null when there is no such thing.</summary>
    public string? Target { get; }

    /// <summary>The error number of <c>errno.h</c>, or 0 where the kernel gave none.</summary>
    public int Errno { get; }

    /// <summary>True where the same call can succeed when repeated.</summary>
    public bool IsTransient =>
        Errno is Interop.ErrnoConstants.EAGAIN or Interop.ErrnoConstants.EINTR or Interop.ErrnoConstants.EBUSY
            or Interop.ErrnoConstants.ENOBUFS or Interop.ErrnoConstants.ETIMEDOUT;

    /// <summary>True where the thing asked for is not there.</summary>
    public bool IsAbsent => Errno is Interop.ErrnoConstants.ENOENT or Interop.ErrnoConstants.ENODEV or Interop.ErrnoConstants.ESRCH;

    private static string Describe(string operation, string? target, int errno, string? why)
    {
        string subject = target is null ? operation : $"{operation} ({target})";
        string reason = errno == 0
            ? why ?? "refused"
            : why is null
                ? $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})"
                : $"{why}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
        string hint = errno is Interop.ErrnoConstants.EPERM or Interop.ErrnoConstants.EACCES
            ? " This needs root or the capability CAP_NET_ADMIN."
            : "";
        return $"Could not {subject}: {reason}.{hint}";
    }
}
