namespace Viper.Hypervisor;

/// <summary>A machine did not come up; its process, sockets and new files are gone again.</summary>
public sealed class MachineStartException : HypervisorException
{
    internal MachineStartException(string machine, string reason, string logTail, int? exitCode, int? signal, Exception? inner = null)
        : base(Describe(machine, reason, logTail), inner)
    {
        Machine = machine;
        LogTail = logTail;
        ExitCode = exitCode;
        Signal = signal;
    }

    /// <summary>The name of the machine.</summary>
    public string Machine { get; }

    /// <summary>The last lines, at most 4 KiB, that the program wrote; empty when it wrote nothing.</summary>
    public string LogTail { get; }

    /// <summary>The exit code of the program when it ended by itself.</summary>
    public int? ExitCode { get; }

    /// <summary>The number of the signal that ended the program, where one did.</summary>
    public int? Signal { get; }

    private static string Describe(string machine, string reason, string logTail) =>
        logTail.Length == 0
            ? $"The machine '{machine}' did not start: {reason}. The program wrote nothing to its log."
            : $"The machine '{machine}' did not start: {reason}. The program wrote: {logTail}";
}
