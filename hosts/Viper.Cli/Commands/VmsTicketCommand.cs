using System.CommandLine;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms ticket NAME</c>: addresses for DevTools clients that cannot send the daemon's key.</summary>
internal static class VmsTicketCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Option<bool> revoke = new("--revoke") { Description = "Make every ticket to the VM void and end the connections that one had let in." };
        Command command = new("ticket", "Print DevTools addresses that work without the daemon's key, for this VM alone, until they are revoked.") { name, revoke };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            string vm = parsed.GetRequiredValue(name);
            if (parsed.GetValue(revoke))
            {
                await client.RevokeVmTicketsAsync(vm, cancellationToken);
                PrintRevoked(context, parsed, vm);
                return ExitCode.Done;
            }

            Print(context, parsed, await client.GetVmTicketAsync(vm, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(CliContext context, ParseResult parsed, VmTicket ticket)
    {
        if (context.WantsJson(parsed))
        {
            context.PrintJson(ticket, ViperJson.Readable.VmTicket);
            return;
        }

        TextTable table = new("ticket", ticket.Ticket);
        table.AddIfAny("cdp_http", ticket.CdpHttp);
        table.AddIfAny("cdp_ws", ticket.CdpWs);
        table.Write(context.Output);
    }

    private static void PrintRevoked(CliContext context, ParseResult parsed, string vm)
    {
        if (!context.WantsJson(parsed))
        {
            context.Output.WriteLine($"{vm}  tickets revoked");
        }
    }
}
