using System.CommandLine;
using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms stop NAME…</c>.</summary>
internal static class VmsStopCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string[]> names = CommonArguments.Names();
        Option<bool> force = new("--force") { Description = "End the VM at once instead of asking its guest to shut down." };
        Command command = new("stop", "Stop VMs and wait until they are stopped.") { names, force };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            await SeveralVms.CommandAsync(context, parsed, parsed.GetRequiredValue(names), name => client.StopVmAsync(name, parsed.GetValue(force), cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }
}
