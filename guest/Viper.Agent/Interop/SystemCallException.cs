using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>A system call failed.</summary>
internal sealed class SystemCallException : IOException
{
    internal SystemCallException(string operation, int errno)
        : base($"{operation} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).")
    {
        Operation = operation;
        Errno = errno;
    }

    /// <summary>Gets what was tried, on what.</summary>
    internal string Operation { get; }

    /// <summary>Gets the error number of the kernel.</summary>
    internal int Errno { get; }

    /// <summary>Makes the exception for the last failed call of this thread.</summary>
    internal static SystemCallException Last(string operation) => new(operation, Marshal.GetLastPInvokeError());
}
