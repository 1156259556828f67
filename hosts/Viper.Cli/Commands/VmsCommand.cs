using System.CommandLine;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms …</c>.</summary>
internal static class VmsCommand
{
    internal static Command Make(CliContext context) => new("vms", "Create, look at and end VMs.")
    {
        VmsListCommand.Make(context),
        VmsCreateCommand.Make(context),
        VmsGetCommand.Make(context),
        VmsStartCommand.Make(context),
        VmsStopCommand.Make(context),
        VmsStartCommand.MakeRestart(context),
        VmsMoveCommands.MakePause(context),
        VmsMoveCommands.MakeResume(context),
        VmsMoveCommands.MakeKeepAlive(context),
        VmsDeleteCommand.Make(context),
        VmsWatchCommand.Make(context),
        VmsLogsCommand.Make(context),
        VmsForwardCommand.Make(context),
        VmsTicketCommand.Make(context),
        VmsConsoleCommand.Make(context),
        VmsExecCommand.Make(context),
        VmsShellCommand.Make(context),
        VmsCopyCommand.Make(context),
    };
}
