using System.CommandLine;
using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary><c>viper operations get ID</c>.</summary>
internal static class OperationsGetCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> id = CommonArguments.OperationId();
        Command command = new("get", "Show one operation.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            OperationsCommand.Print(context, parsed, await client.GetOperationAsync(parsed.GetRequiredValue(id), cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }
}
