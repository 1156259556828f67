using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>A program could not be executed; callers turn it into an error that names their hypervisor.</summary>
internal sealed class ProcessSpawnException(string program, int errno)
    : HypervisorException($"The program '{program}' could not be started (posix_spawn): {Marshal.GetPInvokeErrorMessage(errno)}.")
{
    public int Errno { get; } = errno;

    /// <summary>Whether the program is missing or not executable, as opposed to a lack of resources.</summary>
    public bool IsProgramMissing => Errno is Libc.ENOENT or Libc.EACCES;
}
