using Viper.Contracts.Agent;

namespace Viper.Cli.Commands;

/// <summary>The exit code of a verb that ran a program in a VM: the program's own, as a shell has it.</summary>
internal static class ProgramExitCode
{
    private const int BySignal = 128;

    internal static int Of(CliContext context, int? exitCode, string? signal, bool timedOut)
    {
        if (timedOut)
        {
            context.Errors.WriteLine("viper: the program was killed, for its time was up; --timeout gives it more.");
            return ExitCode.Deadline;
        }

        return exitCode ?? (signal is not null && SignalNames.Parse(signal) is { } number ? BySignal + number : ExitCode.Failed);
    }
}
