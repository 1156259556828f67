using System.CommandLine;
using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary><c>viper operations cancel ID</c>.</summary>
internal static class OperationsCancelCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> id = CommonArguments.OperationId();
        Command command = new("cancel", "Cancel a running operation, which leaves its VM stopped.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            OperationsCommand.Print(context, parsed, await client.CancelOperationAsync(parsed.GetRequiredValue(id), cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }
}
