using System.CommandLine;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms list</c>.</summary>
internal static class VmsListCommand
{
    private const int PageSize = 500;

    internal static Command Make(CliContext context)
    {
        Option<string?> status = new("--status") { Description = "Only VMs of this status.", HelpName = "STATUS" };
        Option<string[]> label = new("--label") { Description = "Only VMs with this label; may be repeated.", HelpName = "k=v" };
        Command command = new("list", "List the VMs.") { status, label };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            VmQuery query = new() { Status = parsed.GetValue(status), Labels = CommonArguments.Labels(parsed.GetValue(label)), Limit = PageSize };
            List<Vm> vms = [];
            await foreach (Vm vm in client.ListAllVmsAsync(query, cancellationToken))
            {
                vms.Add(vm);
            }

            if (context.WantsJson(parsed))
            {
                context.PrintJson(new VmList(vms), ViperJson.Readable.VmList);
            }
            else
            {
                VmText.WriteTable(context.Output, vms);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
