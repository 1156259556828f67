namespace Viper.Hypervisor;

/// <summary>A machine whose virtual CPUs have been started.</summary>
/// <remarks>
/// Thread-safe. Disposal kills the machine if it still runs, waits for its end and removes its sockets; its logs stay.
/// Operations on a machine that has ended throw <see cref="MachineGoneException"/>.
/// </remarks>
public interface IMachine : IAsyncDisposable
{
    /// <summary>The name from the description.</summary>
    string Name { get; }

    /// <summary>The process of the VMM, so that a later program can find it again.</summary>
    ProcessIdentity Identity { get; }

    /// <summary>Completes, never with an error, when the process is gone, its last output is read and its sockets are removed.</summary>
    Task<MachineExit> Exited { get; }

    /// <summary>The guest's first serial port.</summary>
    SerialConsole Serial { get; }

    /// <summary>Stops the virtual CPUs; memory stays as it is.</summary>
    Task PauseAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets paused virtual CPUs run again.</summary>
    Task ResumeAsync(CancellationToken cancellationToken = default);

    /// <summary>Presses the power button; the guest decides what it does.</summary>
    Task PowerButtonAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the machine: power button, then an orderly end of the VMM, then SIGKILL, each when the one before did not do.</summary>
    /// <remarks>
    /// A paused machine is resumed first. A <paramref name="grace"/> of zero leaves the guest out of it.
    /// Cancellation leaves the machine at the stage that it reached.
    /// </remarks>
    /// <param name="grace">How long the guest has to power off after the button.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<StopOutcome> StopAsync(TimeSpan grace, CancellationToken cancellationToken = default);

    /// <summary>Ends the machine at once with SIGKILL and waits until it is gone.</summary>
    Task KillAsync();
}
