using System.CommandLine;
using Viper.Cli.Interop;
using Viper.Client;
using Viper.Contracts.Agent;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms exec NAME -- COMMAND [ARG…]</c>: runs a program in a VM, live.</summary>
internal static class VmsExecCommand
{
    private const int MaxInput = 32 * 1024 * 1024;

    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Argument<string[]> words = new("COMMAND") { Description = "The program and its arguments; put -- before it where it has flags. No shell reads them.", Arity = ArgumentArity.OneOrMore };
        Option<string?> cwd = new("--cwd", "-w") { Description = "The folder it runs in; the VM's folder of files.", HelpName = "FOLDER" };
        Option<string[]> env = new("--env", "-e") { Description = "A variable of its environment; may be repeated.", HelpName = "NAME=VALUE" };
        Option<int?> timeout = new("--timeout") { Description = "After how many seconds it is killed, 1 to 86400 (3600).", HelpName = "SECONDS" };
        Option<bool> interactive = new("--interactive", "-i") { Description = $"Give it what is piped in, whole, up to {MaxInput / 1024 / 1024} MiB." };
        Command command = new("exec", "Run a program in a VM, print what it writes as it comes, and exit with its exit code (128 + N when signal N ended it).")
        {
            name, words, cwd, env, timeout, interactive,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            context,
            parsed,
            parsed.GetRequiredValue(name),
            new ExecRequest
            {
                Command = parsed.GetRequiredValue(words)[0],
                Args = parsed.GetRequiredValue(words)[1..],
                Cwd = parsed.GetValue(cwd),
                Env = CommonArguments.Pairs(parsed.GetValue(env), "variable"),
                TimeoutSeconds = parsed.GetValue(timeout) ?? 3600,
                StdinBase64 = parsed.GetValue(interactive) ? ReadInput() : null,
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, ParseResult parsed, string name, ExecRequest request, CancellationToken cancellationToken)
    {
        using ViperClient client = context.Connect(parsed);
        if (context.WantsJson(parsed))
        {
            ExecResult result = await client.ExecAsync(name, request, cancellationToken);
            context.PrintJson(result, AgentJsonContext.Default.ExecResult);
            return ProgramExitCode.Of(context, result.ExitCode, result.Signal, result.TimedOut);
        }

        await using Stream output = Console.OpenStandardOutput();
        await using Stream errors = Console.OpenStandardError();
        await foreach (ProgramEvent item in client.ExecStreamAsync(name, request, cancellationToken))
        {
            if (item.Exit is { } exit)
            {
                return ProgramExitCode.Of(context, exit.ExitCode, exit.Signal, exit.TimedOut);
            }

            Stream target = item.IsError ? errors : output;
            await target.WriteAsync(item.Output, cancellationToken);
            await target.FlushAsync(cancellationToken);
        }

        return ExitCode.Failed;
    }

    private static string ReadInput()
    {
        if (Libc.IsTerminal(Libc.StandardInput))
        {
            throw new UsageException("--interactive gives a program what is piped in; for a terminal there is 'viper vms shell'.");
        }

        using MemoryStream input = new();
        byte[] buffer = new byte[64 * 1024];
        int count;
        while ((count = Libc.Read(Libc.StandardInput, buffer)) > 0)
        {
            input.Write(buffer, 0, count);
            if (input.Length > MaxInput)
            {
                throw new UsageException($"More than {MaxInput} bytes are piped in; copy them into the VM with 'viper vms cp' instead.");
            }
        }

        return Convert.ToBase64String(input.GetBuffer(), 0, (int)input.Length);
    }
}
