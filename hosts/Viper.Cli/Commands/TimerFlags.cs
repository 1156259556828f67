using System.CommandLine;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary>When a VM ends and begins anew by itself, as flags of <c>create</c>.</summary>
internal sealed class TimerFlags
{
    private readonly Option<int?> _idle = new("--idle-timeout") { Description = "Stop the VM after that many seconds without use; 0 for never (0).", HelpName = "SECONDS" };
    private readonly Option<int?> _lifetime = new("--max-lifetime") { Description = "Stop each run of the VM after that many seconds; 0 for never (0).", HelpName = "SECONDS" };
    private readonly Option<string?> _restart = new("--restart")
    {
        Description = $"When to start the VM again by itself: {string.Join(", ", RestartPolicies.All)} ({RestartPolicies.Never}).",
        HelpName = "POLICY",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_idle);
        command.Options.Add(_lifetime);
        command.Options.Add(_restart);
    }

    internal CreateVmRequest AddTo(CreateVmRequest request, ParseResult parsed) => request with
    {
        IdleTimeoutSeconds = parsed.GetValue(_idle),
        MaxLifetimeSeconds = parsed.GetValue(_lifetime),
        Restart = parsed.GetValue(_restart),
    };
}
