namespace Viper.Hypervisor;

/// <summary>A program that runs machines.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IHypervisor
{
    /// <summary>Which program this is.</summary>
    HypervisorKind Kind { get; }

    /// <summary>What was found on this host.</summary>
    HypervisorInfo Info { get; }

    /// <summary>Starts a machine and returns when its virtual CPUs run.</summary>
    /// <remarks>
    /// The process is spawned on the calling thread, before the first suspension, so it lives in that thread's network namespace.
    /// On failure and on cancellation the process, its sockets and the files that the start made are removed before the task ends.
    /// </remarks>
    /// <exception cref="MachineSpecException">The description cannot be run as it stands.</exception>
    /// <exception cref="HypervisorProgramMissingException">The program is gone.</exception>
    /// <exception cref="MachineStartException">The program ended or refused to start the machine.</exception>
    Task<IMachine> StartAsync(MachineSpec spec, CancellationToken cancellationToken = default);
}
