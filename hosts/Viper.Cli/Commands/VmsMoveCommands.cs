using System.CommandLine;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms pause NAME…</c>, <c>viper vms resume NAME…</c> and <c>viper vms keepalive NAME…</c>.</summary>
internal static class VmsMoveCommands
{
    internal static Command MakePause(CliContext context) =>
        Make(context, "pause", "Hold the vCPUs of running VMs; memory and address stay.", static (client, name, cancellationToken) => client.PauseVmAsync(name, cancellationToken));

    internal static Command MakeResume(CliContext context) =>
        Make(context, "resume", "Let the vCPUs of paused VMs run again.", static (client, name, cancellationToken) => client.ResumeVmAsync(name, cancellationToken));

    internal static Command MakeKeepAlive(CliContext context) =>
        Make(context, "keepalive", "Count as use of VMs, so that their idle timeouts begin anew.", static (client, name, cancellationToken) => client.KeepVmAliveAsync(name, cancellationToken));

    private static Command Make(CliContext context, string verb, string help, Func<ViperClient, string, CancellationToken, Task<Vm>> move)
    {
        Argument<string[]> names = CommonArguments.Names();
        Command command = new(verb, help) { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            await SeveralVms.CommandAsync(context, parsed, parsed.GetRequiredValue(names), name => move(client, name, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }
}
