using System.CommandLine;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Viper.Cli.Interop;
using Viper.Cli.Terminal;
using Viper.Client;
using Viper.Contracts.Agent;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms shell NAME [-- COMMAND…]</c>: a program of a VM, a shell by default, at one's own terminal.</summary>
internal static class VmsShellCommand
{
    private const int ChunkSize = 16 * 1024;

    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Argument<string[]> words = new("COMMAND") { Description = "The program and its arguments (/bin/sh).", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> cwd = new("--cwd", "-w") { Description = "The folder it runs in; the VM's folder of files.", HelpName = "FOLDER" };
        Option<string[]> env = new("--env", "-e") { Description = "A variable of its environment; may be repeated.", HelpName = "NAME=VALUE" };
        Command command = new("shell", "Open a shell, or another program, in a VM at this terminal; ends with it, and exits with its exit code.") { name, words, cwd, env };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (context.WantsJson(parsed))
            {
                throw new UsageException("A terminal has no JSON; leave out --json, or use 'viper vms exec'.");
            }

            string[] program = parsed.GetValue(words) is { Length: > 0 } given ? given : ["/bin/sh"];
            Dictionary<string, string> variables = CommonArguments.Pairs(parsed.GetValue(env), "variable") ?? [];
            if (Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term)
            {
                variables.TryAdd("TERM", term);
            }

            ProcessRequest request = new()
            {
                Command = program[0],
                Args = program[1..],
                Cwd = parsed.GetValue(cwd),
                Env = variables,
                Tty = Libc.GetWindowSize(Libc.StandardInput) is { } size ? new TerminalSize { Cols = size.Cols, Rows = size.Rows } : new TerminalSize(),
            };
            return RunAsync(context, parsed, parsed.GetRequiredValue(name), request, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, ParseResult parsed, string name, ProcessRequest request, CancellationToken cancellationToken)
    {
        using ViperClient client = context.Connect(parsed);
        GuestProcessInfo started = await client.StartProcessAsync(name, request, cancellationToken);
        await using ViperTerminal terminal = await client.OpenTerminalAsync(name, started.Id, hangUp: true, cancellationToken);
        using (RawTerminal? raw = RawTerminal.Enter())
        {
            await JoinAsync(terminal, raw is not null, cancellationToken);
        }

        if (terminal.Exit is { } exit)
        {
            return ProgramExitCode.Of(context, exit.ExitCode, exit.Signal, exit.TimedOut);
        }

        context.Errors.WriteLine($"viper: the terminal has ended before its program ({terminal.EndReason ?? "the connection broke"}).");
        return ExitCode.NotReachable;
    }

    private static async Task JoinAsync(ViperTerminal terminal, bool isTerminal, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<bool> resized = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using PosixSignalRegistration? registration = isTerminal ? PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => resized.Writer.TryWrite(true)) : null;
        Task type = TypeAsync(terminal, isTerminal, over.Token);
        Task resize = ResizeAsync(terminal, resized.Reader, over.Token);
        try
        {
            await PrintAsync(terminal, cancellationToken);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(type, resize).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static async Task PrintAsync(ViperTerminal terminal, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ChunkSize];
        await using Stream output = Console.OpenStandardOutput();
        int count;
        while ((count = await terminal.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }

    private static async Task TypeAsync(ViperTerminal terminal, bool isTerminal, CancellationToken cancellationToken)
    {
        // What is piped in ends as typing does: with Ctrl-D.
        byte[] endOfInput = [4];
        try
        {
            await foreach (byte[] typed in StandardInput.Open().ReadAllAsync(cancellationToken))
            {
                await terminal.WriteAsync(typed, cancellationToken);
            }

            if (!isTerminal)
            {
                await terminal.WriteAsync(endOfInput, cancellationToken);
            }
        }
        catch (IOException)
        {
            // The terminal has ended, of which the reading side learns why.
        }
    }

    private static async Task ResizeAsync(ViperTerminal terminal, ChannelReader<bool> resized, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (bool _ in resized.ReadAllAsync(cancellationToken))
            {
                if (Libc.GetWindowSize(Libc.StandardInput) is { } size)
                {
                    await terminal.ResizeAsync(size.Cols, size.Rows, cancellationToken);
                }
            }
        }
        catch (IOException)
        {
            // As above.
        }
    }
}
