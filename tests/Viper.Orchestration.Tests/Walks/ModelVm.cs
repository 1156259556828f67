using Viper.Contracts;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>What the model knows of a VM.</summary>
/// <param name="Status">Its status, between commands.</param>
/// <param name="LastUse">When it was used last, by the monotonic clock.</param>
/// <param name="Ready">When its run began to count, by the monotonic clock.</param>
/// <param name="RestartAt">When the policy begins the next run; null where it does not.</param>
internal sealed record ModelVm(string Status, TimeSpan LastUse, TimeSpan Ready, TimeSpan? RestartAt = null)
{
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(30);

    public bool IsUp => Status is VmStatus.Running or VmStatus.Paused;

    /// <summary>What VMs of that name are asked for with.</summary>
    public static CreateVmRequest RequestOf(string name) => new()
    {
        Name = name,
        IdleTimeoutSeconds = name is "idle" ? (int)IdleTimeout.TotalSeconds : null,
        MaxLifetimeSeconds = name is "life" ? (int)MaxLifetime.TotalSeconds : null,
        Restart = IsRestarted(name) ? RestartPolicies.Always : null,
    };

    public static bool IsRestarted(string name) => name is "phoenix";

    /// <summary>Whether a timer ends the run by now.</summary>
    public bool IsDue(string name, TimeSpan now) => name switch
    {
        "idle" => Status == VmStatus.Running && now - LastUse >= IdleTimeout,
        "life" => IsUp && now - Ready >= MaxLifetime,
        _ => false,
    };
}
