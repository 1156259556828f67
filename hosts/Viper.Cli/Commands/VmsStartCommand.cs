using System.CommandLine;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms start NAME</c> and <c>viper vms restart NAME</c>, which wait until the VM is ready.</summary>
internal static class VmsStartCommand
{
    internal static Command Make(CliContext context) => Make(
        context,
        new Command("start", "Start a stopped VM and wait until its browser answers."),
        static (client, name, _, cancellationToken) => client.StartVmAsync(name, cancellationToken));

    internal static Command MakeRestart(CliContext context)
    {
        Option<bool> force = new("--force") { Description = "End the VM at once instead of asking its guest to shut down." };
        return Make(
            context,
            new Command("restart", "Stop a VM, start it again and wait until its browser answers.") { force },
            (client, name, parsed, cancellationToken) => client.RestartVmAsync(name, parsed.GetValue(force), cancellationToken));
    }

    private static Command Make(CliContext context, Command command, Func<ViperClient, string, ParseResult, CancellationToken, Task<Vm>> begin)
    {
        Argument<string> name = CommonArguments.Name();
        Option<bool> noWait = ReadyWait.NoWait();
        Option<int> timeout = ReadyWait.Timeout();
        command.Arguments.Add(name);
        command.Options.Add(noWait);
        command.Options.Add(timeout);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            Vm vm = await begin(client, parsed.GetRequiredValue(name), parsed, cancellationToken);
            if (!parsed.GetValue(noWait))
            {
                vm = await ReadyWait.RunAsync(context, client, vm, parsed.GetValue(timeout), cancellationToken);
            }

            VmsGetCommand.Print(context, parsed, vm);
            return ExitCode.Done;
        });
        return command;
    }
}
