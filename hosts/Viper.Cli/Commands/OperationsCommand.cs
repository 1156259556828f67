using System.CommandLine;
using Viper.Cli.Output;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper operations …</c>.</summary>
internal static class OperationsCommand
{
    internal static Command Make(CliContext context) => new("operations", "Look at what goes on without its caller, such as starts of VMs, and cancel it.")
    {
        OperationsListCommand.Make(context),
        OperationsGetCommand.Make(context),
        OperationsCancelCommand.Make(context),
    };

    internal static void Print(CliContext context, ParseResult parsed, Operation operation)
    {
        if (context.WantsJson(parsed))
        {
            context.PrintJson(operation, ViperJson.Readable.Operation);
        }
        else
        {
            OperationText.WriteDetails(context.Output, operation);
        }
    }
}
