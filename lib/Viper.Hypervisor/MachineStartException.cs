using System.Globalization;

namespace Viper.Hypervisor;

/// <summary>A machine did not come up; its process, sockets and new files are gone again.</summary>
public sealed class MachineStartException : HypervisorException
{
    internal MachineStartException(string machine, string reason, string logTail, int? exitCode, int? signal, bool isKilled, Exception inner)
        : base(Describe(machine, reason, logTail, isKilled ? null : exitCode, isKilled ? null : signal), inner)
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

    private static string Describe(string machine, string reason, string logTail, int? exitCode, int? signal)
    {
        string end = (exitCode, signal) switch
        {
            ({ } code, _) => string.Create(CultureInfo.InvariantCulture, $" The program ended with code {code}."),
            (_, { } number) => string.Create(CultureInfo.InvariantCulture, $" The program was ended by signal {number}."),
            _ => "",
        };
        string words = logTail.Length == 0 ? "The program wrote nothing to its log." : $"The program wrote: {logTail}";
        return $"The machine '{machine}' did not start: {reason}.{end} {words}";
    }
}
