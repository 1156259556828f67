using System.CommandLine;

namespace Viper.Daemon.Commands;

/// <summary><c>viperd doctor</c>: explains what this host lacks.</summary>
internal static class DoctorCommand
{
    internal static Command Make(VerbContext context)
    {
        Command command = new("doctor", "Check what VMs need of this host and explain what is missing.") { context.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<DoctorCheck> checks = await context.Parts.OpenSetup(context.Enter(parsed)).CheckAsync(cancellationToken);
            bool ok = checks.All(c => c.Ok);
            if (parsed.GetValue(context.Json))
            {
                context.PrintJson(new DoctorReport(ok, checks), DaemonJson.Default.DoctorReport);
                return ok ? 0 : 1;
            }

            foreach (DoctorCheck check in checks)
            {
                context.Output.WriteLine($"{(check.Ok ? "ok      " : check.Known ? "missing " : "unknown ")}{check.Name}: {check.Detail}");
                if (!check.Ok && check.Fix is not null)
                {
                    context.Output.WriteLine($"        {check.Fix}");
                }
            }

            return ok ? 0 : 1;
        });
        return command;
    }
}
