using System.Runtime.InteropServices;
using System.Text;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>Runs a program to its end and returns what it printed.</summary>
internal static class ProgramOutput
{
    private const int Limit = 64 * 1024;

    /// <summary>The first 64 KiB of output and error output, decoded as UTF-8.</summary>
    /// <exception cref="ProcessSpawnException">It could not be executed.</exception>
    public static async Task<string> ReadAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using SafeFd memory = new(Libc.memfd_create("viper-output", Libc.MFD_CLOEXEC));
        if (memory.IsInvalid)
        {
            throw new HypervisorException($"No memory file for the output of '{program}' (memfd_create): {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        ChildProcess child = ProcessSpawner.Spawn(new ProcessStart(program, arguments, memory, []));
        try
        {
            await child.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            child.Kill();
            await child.Exited.ConfigureAwait(false);
        }

        return Read(memory);
    }

    private static unsafe string Read(SafeFd memory)
    {
        byte[] buffer = new byte[Limit];
        fixed (byte* start = buffer)
        {
            // SAFETY: the count is the buffer's length.
            nint count = Libc.pread(memory, start, (nuint)buffer.Length, 0);
            return count <= 0 ? "" : Encoding.UTF8.GetString(buffer, 0, (int)count);
        }
    }
}
