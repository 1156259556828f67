using Viper.Agent.Interop;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>Both ends of what a program reads and writes: three pipes, or one terminal.</summary>
internal sealed class ProgramPipes : IDisposable
{
    /// <summary>Our end of its output; null once it has ended. Passed by reference to the one thread that reads and closes it.</summary>
    internal FileDescriptor? Output;

    /// <summary>Our end of its errors; null once it has ended, and with a terminal.</summary>
    internal FileDescriptor? Error;

    private ProgramPipes()
    {
    }

    /// <summary>Gets our end of its input; null when it has none.</summary>
    internal FileDescriptor? Input { get; private set; }

    internal FileDescriptor? ProgramInput { get; private set; }

    internal FileDescriptor? ProgramOutput { get; private set; }

    internal FileDescriptor? ProgramError { get; private set; }

    internal PseudoTerminal? Terminal { get; private set; }

    /// <exception cref="SpawnException">The kernel has none left.</exception>
    internal static ProgramPipes Open(ProgramCommand command, uint? user)
    {
        var pipes = new ProgramPipes();
        try
        {
            if (command.Terminal is { } size)
            {
                pipes.OpenTerminal(size, user);
            }
            else
            {
                pipes.OpenPipes(command.HasInput);
            }

            return pipes;
        }
        catch (SystemCallException error)
        {
            pipes.Dispose();
            throw new SpawnException(SpawnFault.System, error.Message);
        }
    }

    /// <summary>Closes what is the program's alone, so that its end is seen.</summary>
    internal void CloseProgramEnds()
    {
        ProgramInput?.Dispose();
        ProgramOutput?.Dispose();
        ProgramError?.Dispose();
    }

    public void Dispose()
    {
        CloseProgramEnds();
        Input?.Dispose();
        Output?.Dispose();
        Error?.Dispose();
        Terminal?.Master.Dispose();
    }

    private void OpenTerminal(TerminalSize size, uint? user)
    {
        Terminal = PseudoTerminal.Open(size.Cols, size.Rows, user);
        Input = Terminal.Master.Duplicate();
        Output = Terminal.Master.Duplicate();
    }

    private void OpenPipes(bool hasInput)
    {
        (Output, ProgramOutput) = FileDescriptor.CreatePipe();
        (Error, ProgramError) = FileDescriptor.CreatePipe();
        if (hasInput)
        {
            (ProgramInput, Input) = FileDescriptor.CreatePipe();
            Input.SetNonBlocking(Libc.O_WRONLY);
        }
    }
}
