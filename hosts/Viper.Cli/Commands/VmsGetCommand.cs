using System.CommandLine;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms get NAME</c>.</summary>
internal static class VmsGetCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Command command = new("get", "Show one VM.") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            Print(context, parsed, await client.GetVmAsync(parsed.GetRequiredValue(name), cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    internal static void Print(CliContext context, ParseResult parsed, Vm vm)
    {
        if (context.WantsJson(parsed))
        {
            context.PrintJson(vm, ViperJson.Readable.Vm);
        }
        else
        {
            VmText.WriteDetails(context.Output, vm);
        }
    }
}
