using System.CommandLine;
using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms delete NAME…</c>.</summary>
internal static class VmsDeleteCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string[]> names = CommonArguments.Names();
        Command command = new("delete", "End VMs in whatever state they are and free everything they had.") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            await SeveralVms.RunAsync(context, parsed.GetRequiredValue(names), async name =>
            {
                await client.DeleteVmAsync(name, cancellationToken);
                if (!context.WantsJson(parsed))
                {
                    context.Output.WriteLine($"{name}  deleted");
                }
            });
            return ExitCode.Done;
        });
        return command;
    }
}
