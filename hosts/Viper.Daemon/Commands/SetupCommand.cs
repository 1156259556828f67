using System.CommandLine;

namespace Viper.Daemon.Commands;

/// <summary><c>viperd setup [--dry-run] [--remove]</c>: makes what VMs need of the host's network, or undoes it.</summary>
internal static class SetupCommand
{
    internal static Command Make(VerbContext context)
    {
        Option<bool> dryRun = new("--dry-run") { Description = "Say what would be done and change nothing." };
        Option<bool> remove = new("--remove") { Description = "Undo what setup made." };
        Option<bool> force = new("--force") { Description = "With --remove: do so though a daemon or VMs use it." };
        Command command = new("setup", "Make the bridge, its address and the firewall rules that VMs need.") { dryRun, remove, force, context.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IHostSetup setup = context.Parts.OpenSetup(context.Enter(parsed));
            bool isDry = parsed.GetValue(dryRun);
            IReadOnlyList<SetupStep> steps = await ((isDry, parsed.GetValue(remove)) switch
            {
                (true, false) => setup.PlanAsync(cancellationToken),
                (false, false) => setup.ApplyAsync(cancellationToken),
                (true, true) => setup.PlanRemovalAsync(parsed.GetValue(force), cancellationToken),
                (false, true) => setup.RemoveAsync(parsed.GetValue(force), cancellationToken),
            });
            if (parsed.GetValue(context.Json))
            {
                context.PrintJson(new SetupReport(isDry, steps), DaemonJson.Default.SetupReport);
                return 0;
            }

            foreach (SetupStep step in steps)
            {
                context.Output.WriteLine($"{(!step.Needed ? "ok     " : isDry ? "would  " : "done   ")}{step.What}");
                foreach (string detail in isDry && step.Needed ? step.Details : [])
                {
                    context.Output.WriteLine($"         {detail}");
                }
            }

            return 0;
        });
        return command;
    }
}
