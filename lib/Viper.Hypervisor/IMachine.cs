namespace Viper.Hypervisor;

/// <summary>A machine whose virtual CPUs have been started.</summary>
/// <remarks>
/// Thread-safe. Disposal kills the machine if it still runs, waits for its end and removes its sockets; its logs stay.
/// Operations on a machine that has ended throw <see cref="MachineGoneException"/>; an operation that the VMM refuses throws
/// <see cref="VmmApiException"/>, and one that gets no answer <see cref="VmmConnectionException"/>. What has a default here throws
/// <see cref="HypervisorUnsupportedException"/> unless <see cref="Capabilities"/> names it.
/// </remarks>
public interface IMachine : IAsyncDisposable
{
    /// <summary>The name from the description.</summary>
    string Name { get; }

    /// <summary>The process of the VMM, so that a later program can find it again.</summary>
    ProcessIdentity Identity { get; }

    /// <summary>What this machine can do. It does not change.</summary>
    MachineCapabilities Capabilities => MachineCapabilities.None;

    /// <summary>Which control group holds the VMM, and which of <see cref="MachineSpec.Limits"/> are in force.</summary>
    ProcessConfinement Confinement => ProcessConfinement.Unknown;

    /// <summary>Completes, never with an error, when the process is gone, its last output is read and its sockets are removed.</summary>
    Task<MachineExit> Exited { get; }

    /// <summary>The guest's first serial port.</summary>
    SerialConsole Serial { get; }

    /// <summary>Asks the VMM what the machine does now; a machine that has ended answers <see cref="MachineState.Ended"/>.</summary>
    Task<MachineState> QueryStateAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Exited.IsCompleted ? MachineState.Ended : MachineState.Running);

    /// <summary>Stops the virtual CPUs; memory stays as it is. Does nothing to a paused machine.</summary>
    Task PauseAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets paused virtual CPUs run again. Does nothing to a running machine.</summary>
    Task ResumeAsync(CancellationToken cancellationToken = default);

    /// <summary>Presses the power button; the guest decides what it does.</summary>
    Task PowerButtonAsync(CancellationToken cancellationToken = default);

    /// <summary>Resets the machine at once, as the button does: the guest starts again from its kernel, and the process stays.</summary>
    /// <remarks>A paused machine runs afterwards.</remarks>
    Task ResetAsync(CancellationToken cancellationToken = default) => Lacks(MachineCapabilities.Reset);

    /// <summary>Sends every virtual CPU a non-maskable interrupt.</summary>
    Task NmiAsync(CancellationToken cancellationToken = default) => Lacks(MachineCapabilities.Nmi);

    /// <summary>Plugs a disk into the machine.</summary>
    /// <returns>The device's id, for <see cref="RemoveDeviceAsync"/>.</returns>
    /// <exception cref="MachineSpecException">The disk cannot be used as described.</exception>
    Task<string> AddDiskAsync(DiskSpec disk, CancellationToken cancellationToken = default) =>
        Lacks<string>(MachineCapabilities.DiskHotplug);

    /// <summary>Plugs a network card into the machine.</summary>
    /// <remarks>
    /// A card with a name of a tap is opened in the network namespace of the VMM or of the calling thread, which are one where the
    /// machine was started on a thread of the same namespace; a descriptor has no such question.
    /// </remarks>
    /// <returns>The device's id, for <see cref="RemoveDeviceAsync"/>.</returns>
    /// <exception cref="MachineSpecException">The card cannot be used as described.</exception>
    Task<string> AddNicAsync(NicSpec nic, CancellationToken cancellationToken = default) =>
        Lacks<string>(MachineCapabilities.NicHotplug);

    /// <summary>Asks the guest to give up a device that was plugged in, and returns when it has and the VMM has closed its files.</summary>
    /// <param name="deviceId">The id that adding it returned.</param>
    /// <param name="limit">How long the guest has.</param>
    /// <param name="cancellationToken">Ends the waiting; the guest may still give the device up.</param>
    /// <exception cref="DeviceRemovalException">The guest refused, or did not answer in time.</exception>
    Task RemoveDeviceAsync(string deviceId, TimeSpan limit, CancellationToken cancellationToken = default) =>
        Lacks(MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug);

    /// <summary>Sets the size of the balloon, which is the memory that the guest gives back; the guest follows at its own pace.</summary>
    /// <param name="balloonMib">The size in MiB, from 0 to less than the guest's memory.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    Task SetBalloonAsync(int balloonMib, CancellationToken cancellationToken = default) => Lacks(MachineCapabilities.MemoryBalloon);

    /// <summary>The size of the balloon now.</summary>
    Task<BalloonState> QueryBalloonAsync(CancellationToken cancellationToken = default) =>
        Lacks<BalloonState>(MachineCapabilities.MemoryBalloon);

    /// <summary>Changes the guest's memory, up to <see cref="MachineSpec.MaxMemoryMib"/>; the guest follows at its own pace.</summary>
    /// <param name="memoryMib">The new size in MiB.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    Task ResizeMemoryAsync(int memoryMib, CancellationToken cancellationToken = default) => Lacks(MachineCapabilities.MemoryResize);

    /// <summary>Changes the number of virtual CPUs, up to <see cref="MachineSpec.MaxVcpuCount"/>; the guest follows at its own pace.</summary>
    /// <param name="vcpuCount">The new number.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    Task ResizeCpusAsync(int vcpuCount, CancellationToken cancellationToken = default) => Lacks(MachineCapabilities.CpuResize);

    /// <summary>Writes the machine's state, memory and <see cref="SnapshotFacts"/> into a folder, from which machines can be restored.</summary>
    /// <remarks>
    /// A running machine is paused first and stays paused, so that memory and disks agree: copy its disks before resuming it.
    /// A snapshot that fails leaves no file behind and the machine paused.
    /// </remarks>
    /// <param name="directory">The absolute path of a folder that is empty or does not exist; made for the caller's user alone.</param>
    /// <param name="options">How; null to keep the machine.</param>
    /// <param name="cancellationToken">Ends the attempt and undoes it.</param>
    Task<SnapshotFacts> SnapshotAsync(
        string directory, SnapshotOptions? options = null, CancellationToken cancellationToken = default) =>
        Lacks<SnapshotFacts>(MachineCapabilities.Snapshot);

    /// <summary>Writes the guest's memory as an ELF core file. It holds whatever secrets the guest holds.</summary>
    /// <param name="path">The absolute path of a file that does not exist; readable by the caller's user alone.</param>
    /// <param name="cancellationToken">Ends the attempt and removes the file.</param>
    Task CoreDumpAsync(string path, CancellationToken cancellationToken = default) => Lacks(MachineCapabilities.CoreDump);

    /// <summary>Ends the machine: power button, then an orderly end of the VMM, SIGTERM, SIGKILL, each when the one before did not do.</summary>
    /// <remarks>
    /// A paused machine is resumed first. A <paramref name="grace"/> of zero leaves the guest out of it.
    /// Cancellation leaves the machine at the stage that it reached.
    /// </remarks>
    /// <param name="grace">How long the guest has to power off after the button.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<StopOutcome> StopAsync(TimeSpan grace, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="StopAsync(TimeSpan, CancellationToken)"/>, and reports each step as it comes.</summary>
    /// <remarks>Reports come in order, one after the other, on the thread that makes the step; a report must return soon.</remarks>
    /// <param name="grace">How long the guest has to power off after the button.</param>
    /// <param name="progress">Hears of each step.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<StopOutcome> StopAsync(TimeSpan grace, IProgress<StopReport>? progress, CancellationToken cancellationToken = default) =>
        StopAsync(grace, cancellationToken);

    /// <summary>Ends the machine at once with SIGKILL and waits until it is gone.</summary>
    Task KillAsync();

    private Task Lacks(MachineCapabilities missing) => Lacks<bool>(missing);

    private Task<T> Lacks<T>(MachineCapabilities missing) =>
        Task.FromException<T>(HypervisorUnsupportedException.OfMachine(Name, missing));
}
