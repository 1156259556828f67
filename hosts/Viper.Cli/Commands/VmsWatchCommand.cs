using System.CommandLine;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms watch [NAME]</c>: events as they happen.</summary>
internal static class VmsWatchCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string?> name = new("NAME") { Description = "Only events about this VM.", Arity = ArgumentArity.ZeroOrOne };
        Option<long?> after = new("--after") { Description = "Begin after this event; 0 for the whole log.", HelpName = "SEQ" };
        Option<string[]> type = new("--type") { Description = "Only events of this type; may be repeated.", HelpName = "TYPE" };
        Command command = new("watch", "Print events as they happen, until Ctrl-C.") { name, after, type };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            if (parsed.GetValue(name) is { } vm)
            {
                await CheckNameAsync(context, client, vm, cancellationToken);
            }

            EventQuery query = new() { Vm = parsed.GetValue(name), After = parsed.GetValue(after), Types = parsed.GetValue(type) ?? [] };
            await foreach (VmEvent item in client.WatchEventsAsync(query, cancellationToken))
            {
                if (context.WantsJson(parsed))
                {
                    context.PrintJson(item, ViperJson.Readable.VmEvent);
                    continue;
                }

                string reason = item.Data.TryGetProperty("reason", out var text) ? $"  {text}" : "";
                context.Output.WriteLine($"{item.Seq,6}  {VmText.Time(item.Time)}  {item.Type,-14}  {item.Vm.Name}{reason}");
                context.Output.Flush();
            }

            return ExitCode.Done;
        });
        return command;
    }

    // A VM that is not there may have been, or be made later; a caller who mistyped its name should know.
    private static async Task CheckNameAsync(CliContext context, ViperClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetVmAsync(name, cancellationToken);
        }
        catch (ViperApiException error) when (error.Code == ProblemCodes.VmNotFound)
        {
            context.Errors.WriteLine($"viper: there is no VM '{name}' now; waiting for events about one.");
        }
    }
}
