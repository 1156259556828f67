using System.CommandLine;
using System.Text.Json;
using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms logs NAME</c>.</summary>
internal static class VmsLogsCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Option<string> source = new("--source") { Description = "serial (the guest's console) or hypervisor.", DefaultValueFactory = _ => "serial", HelpName = "SOURCE" };
        source.AcceptOnlyFromAmong("serial", "hypervisor");
        Option<int> tail = new("--tail") { Description = "How many lines of the past (200).", DefaultValueFactory = _ => 200, HelpName = "N" };
        Option<bool> follow = new("--follow", "-f") { Description = "Go on until the VM is deleted or Ctrl-C." };
        Command command = new("logs", "Print a VM's log.") { name, source, tail, follow };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            LogQuery query = new() { Source = parsed.GetRequiredValue(source), Tail = parsed.GetValue(tail), Follow = parsed.GetValue(follow) };
            await foreach (string line in client.ReadLogAsync(parsed.GetRequiredValue(name), query, cancellationToken))
            {
                context.Output.WriteLine(context.WantsJson(parsed) ? JsonSerializer.Serialize(new LogLine(line), CliJson.Default.LogLine) : line);
                context.Output.Flush();
            }

            return ExitCode.Done;
        });
        return command;
    }
}
