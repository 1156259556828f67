using System.Buffers.Binary;

namespace Viper.Agent.Interop;

/// <summary>Takes leave of a child.</summary>
internal static class ChildProcess
{
    /// <summary>Waits for a child's end and takes its number away; answers its exit code, or the signal that ended it.</summary>
    /// <exception cref="SystemCallException">It is no child of this process.</exception>
    internal static unsafe (int? ExitCode, int? Signal) Reap(int pid)
    {
        var info = stackalloc byte[Libc.SignalInfoSize];
        while (Libc.waitid(Libc.P_PID, (uint)pid, info, Libc.WEXITED) < 0)
        {
            var error = SystemCallException.Last($"waitid {pid}");
            if (error.Errno != Libc.EINTR)
            {
                throw error;
            }
        }

        // siginfo_t on 64-bit: si_code at 8, si_status at 24.
        var fields = new ReadOnlySpan<byte>(info, Libc.SignalInfoSize);
        var status = BinaryPrimitives.ReadInt32LittleEndian(fields[24..]);
        return BinaryPrimitives.ReadInt32LittleEndian(fields[8..]) == Libc.CLD_EXITED ? (status, null) : (null, status);
    }
}
