using System.CommandLine;
using System.Globalization;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper limits</c>: what VMs may have of the host, and what they have.</summary>
internal static class LimitsCommand
{
    internal static Command Make(CliContext context)
    {
        Command command = new("limits", "Show what VMs may have of the host, and what they have.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            SystemLimits limits = await client.GetLimitsAsync(cancellationToken);
            if (context.WantsJson(parsed))
            {
                context.PrintJson(limits, ViperJson.Readable.SystemLimits);
                return ExitCode.Done;
            }

            TextTable table = new("RESOURCE", "USED", "LIMIT");
            foreach (ResourceLimit item in limits.Resources)
            {
                table.Add(item.Resource, Number(item.Used), item.Limit is { } limit ? Number(limit) : "none");
            }

            table.Add("queued", Number(limits.Queued), Number(limits.QueueLength));
            table.Write(context.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
