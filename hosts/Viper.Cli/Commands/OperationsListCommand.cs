using System.CommandLine;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper operations list</c>.</summary>
internal static class OperationsListCommand
{
    private const int PageSize = 500;

    internal static Command Make(CliContext context)
    {
        Option<string?> status = new("--status") { Description = $"Only operations of this status: {string.Join(", ", OperationStatuses.All)}.", HelpName = "STATUS" };
        Option<string?> vm = new("--vm") { Description = "Only operations about a VM of this name, past ones too.", HelpName = "NAME" };
        Command command = new("list", "List the operations, oldest first.") { status, vm };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            OperationQuery query = new() { Status = parsed.GetValue(status), Vm = parsed.GetValue(vm), Limit = PageSize };
            List<Operation> operations = [];
            await foreach (Operation operation in client.ListAllOperationsAsync(query, cancellationToken))
            {
                operations.Add(operation);
            }

            if (context.WantsJson(parsed))
            {
                context.PrintJson(new OperationList(operations), ViperJson.Readable.OperationList);
            }
            else
            {
                OperationText.WriteTable(context.Output, operations);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
