using Viper.Contracts;

namespace Viper.Orchestration.Timers;

/// <summary>What a VM's creator said of its end and its new beginning.</summary>
/// <param name="IdleTimeout">How long it may be without use; zero for ever.</param>
/// <param name="MaxLifetime">How long one run may last; zero for ever.</param>
/// <param name="Restart">One of <see cref="RestartPolicies"/>.</param>
internal sealed record VmTimers(TimeSpan IdleTimeout, TimeSpan MaxLifetime, string Restart)
{
    public static VmTimers Of(CreateVmRequest spec) => new(
        TimeSpan.FromSeconds(spec.IdleTimeoutSeconds ?? 0),
        TimeSpan.FromSeconds(spec.MaxLifetimeSeconds ?? 0),
        spec.Restart ?? RestartPolicies.Never);

    /// <summary>Whether either time ends a run.</summary>
    public bool EndRuns => IdleTimeout > TimeSpan.Zero || MaxLifetime > TimeSpan.Zero;

    /// <summary>Whether any end of a run may be followed by another.</summary>
    public bool Restarts => RestartOnFailure || RestartOnPowerOff;

    /// <summary>Whether a run that ended in failure is followed by another.</summary>
    public bool RestartOnFailure => Restart is RestartPolicies.OnFailure or RestartPolicies.Always;

    /// <summary>Whether a run that the guest ended by itself is followed by another.</summary>
    public bool RestartOnPowerOff => Restart is RestartPolicies.Always;
}
