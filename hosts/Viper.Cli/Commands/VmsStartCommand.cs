using System.CommandLine;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms start NAME</c>, which waits until the VM is ready.</summary>
internal static class VmsStartCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Option<bool> noWait = ReadyWait.NoWait();
        Option<int> timeout = ReadyWait.Timeout();
        Command command = new("start", "Start a stopped VM and wait until its browser answers.") { name, noWait, timeout };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            Vm vm = await client.StartVmAsync(parsed.GetRequiredValue(name), cancellationToken);
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
