namespace Viper.Hypervisor;

/// <summary>A program that runs machines.</summary>
/// <remarks>
/// Thread-safe. What has a default here throws <see cref="HypervisorUnsupportedException"/> unless the implementation offers it.
/// </remarks>
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

    /// <summary>Makes a machine that goes on where a snapshot was taken.</summary>
    /// <remarks>
    /// As <see cref="StartAsync"/> in all else. The description names the new machine's own folders, disks and taps, of which there
    /// must be as many as the snapshot had; the guest keeps the snapshot's addresses, clock and random state. Any number of machines
    /// may be restored from one snapshot; where <see cref="MemoryMode"/> says so, its files must stay as long as they live.
    /// </remarks>
    /// <param name="spec">The machine's description, which must agree with the snapshot.</param>
    /// <param name="snapshotDirectory">The absolute path of the folder that <see cref="IMachine.SnapshotAsync"/> filled.</param>
    /// <param name="options">How; null for the cheapest way, running.</param>
    /// <param name="cancellationToken">Ends the attempt and undoes it.</param>
    /// <exception cref="SnapshotException">There is no snapshot, or it is one of another kind of machine.</exception>
    Task<RestoreResult> RestoreAsync(
        MachineSpec spec, string snapshotDirectory, RestoreOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromException<RestoreResult>(HypervisorUnsupportedException.OfProgram(Kind, MachineCapabilities.Restore));

    /// <summary>Takes over a machine that an earlier program started and that outlived it.</summary>
    /// <remarks>
    /// Nothing is sent to a process that is not the very one. Output that the guest made while nobody was connected is lost, and the
    /// exit status of an adopted machine is known only as far as the VMM tells.
    /// </remarks>
    /// <param name="spec">The description with which it was started; its folders and name matter here.</param>
    /// <param name="identity">The identity of its VMM, as <see cref="IMachine.Identity"/> gave it then.</param>
    /// <param name="cancellationToken">Ends the attempt; the machine is left alone.</param>
    /// <returns>The machine; null when that process is gone, even if its pid is in use again. Its stale sockets are then removed.</returns>
    /// <exception cref="VmmConnectionException">The process lives, but does not answer on its sockets.</exception>
    Task<IMachine?> AdoptAsync(MachineSpec spec, ProcessIdentity identity, CancellationToken cancellationToken = default) =>
        Task.FromException<IMachine?>(HypervisorUnsupportedException.OfProgram(Kind, MachineCapabilities.Adopt));
}
