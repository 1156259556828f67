namespace Viper.Hypervisor.Machines;

/// <summary>What a machine is asked to do while it lives. A kind of machine overrides the cores of what its capabilities name.</summary>
internal abstract partial class SupervisedMachine
{
    public abstract MachineCapabilities Capabilities { get; }

    public async Task<MachineState> QueryStateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync("query state", QueryStateCoreAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (MachineGoneException)
        {
            return MachineState.Ended;
        }
    }

    public Task PauseAsync(CancellationToken cancellationToken) =>
        AskAsync(MachineCapabilities.Pause, "pause", PauseIfRunningAsync, cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) =>
        AskAsync(MachineCapabilities.Pause, "resume", EnsureRunningAsync, cancellationToken);

    public Task PowerButtonAsync(CancellationToken cancellationToken) =>
        AskAsync(MachineCapabilities.PowerButton, "power button", PowerButtonCoreAsync, cancellationToken);

    public Task ResetAsync(CancellationToken cancellationToken) =>
        AskAsync(MachineCapabilities.Reset, "reset", ResetCoreAsync, cancellationToken);

    public Task NmiAsync(CancellationToken cancellationToken) =>
        AskAsync(MachineCapabilities.Nmi, "NMI", NmiCoreAsync, cancellationToken);

    public Task<string> AddDiskAsync(DiskSpec disk, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return AskAsync(MachineCapabilities.DiskHotplug, "add disk", token => CheckAndAddAsync(disk, token), cancellationToken);
    }

    public Task<string> AddNicAsync(NicSpec nic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(nic);
        return AskAsync(MachineCapabilities.NicHotplug, "add network card", token => CheckAndAddAsync(nic, token), cancellationToken);
    }

    public Task RemoveDeviceAsync(string deviceId, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(deviceId);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return AskAsync(
            MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug,
            "remove device",
            token => RemoveWithinAsync(deviceId, limit, token),
            cancellationToken);
    }

    public Task SetBalloonAsync(int balloonMib, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(balloonMib);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(balloonMib, _files.Spec.MemoryMib);
        return AskAsync(
            MachineCapabilities.MemoryBalloon, "set balloon", token => SetBalloonCoreAsync(balloonMib, token), cancellationToken);
    }

    public Task<BalloonState> QueryBalloonAsync(CancellationToken cancellationToken) =>
        AskAsync(MachineCapabilities.MemoryBalloon, "query balloon", QueryBalloonCoreAsync, cancellationToken);

    public Task ResizeMemoryAsync(int memoryMib, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(memoryMib);
        return AskAsync(
            MachineCapabilities.MemoryResize, "resize memory", token => ResizeMemoryCoreAsync(memoryMib, token), cancellationToken);
    }

    public Task ResizeCpusAsync(int vcpuCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vcpuCount);
        return AskAsync(MachineCapabilities.CpuResize, "resize CPUs", token => ResizeCpusCoreAsync(vcpuCount, token), cancellationToken);
    }

    public Task<SnapshotFacts> SnapshotAsync(string directory, SnapshotOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return AskAsync(
            MachineCapabilities.Snapshot,
            "snapshot",
            token => SnapshotCoreAsync(directory, options ?? new SnapshotOptions(), token),
            cancellationToken);
    }

    public Task CoreDumpAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return AskAsync(MachineCapabilities.CoreDump, "core dump", token => CoreDumpCoreAsync(path, token), cancellationToken);
    }

    protected abstract Task<MachineState> QueryStateCoreAsync(CancellationToken cancellationToken);

    protected abstract Task PauseCoreAsync(CancellationToken cancellationToken);

    protected abstract Task ResumeCoreAsync(CancellationToken cancellationToken);

    protected abstract Task PowerButtonCoreAsync(CancellationToken cancellationToken);

    protected virtual Task ResetCoreAsync(CancellationToken cancellationToken) => throw Lacks(MachineCapabilities.Reset);

    protected virtual Task NmiCoreAsync(CancellationToken cancellationToken) => throw Lacks(MachineCapabilities.Nmi);

    /// <summary>Adds a disk that has been checked.</summary>
    protected virtual Task<string> AddDiskCoreAsync(DiskSpec disk, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.DiskHotplug);

    /// <summary>Adds a card that has been checked.</summary>
    protected virtual Task<string> AddNicCoreAsync(NicSpec nic, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.NicHotplug);

    /// <summary>Removes a device; the token also ends when the guest's time is over.</summary>
    protected virtual Task RemoveDeviceCoreAsync(string deviceId, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug);

    protected virtual Task SetBalloonCoreAsync(int balloonMib, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.MemoryBalloon);

    protected virtual Task<BalloonState> QueryBalloonCoreAsync(CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.MemoryBalloon);

    protected virtual Task ResizeMemoryCoreAsync(int memoryMib, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.MemoryResize);

    protected virtual Task ResizeCpusCoreAsync(int vcpuCount, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.CpuResize);

    /// <summary>Makes the whole snapshot, facts included (see <see cref="SnapshotFolder"/>).</summary>
    protected virtual Task<SnapshotFacts> SnapshotCoreAsync(
        string directory, SnapshotOptions options, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.Snapshot);

    protected virtual Task CoreDumpCoreAsync(string path, CancellationToken cancellationToken) =>
        throw Lacks(MachineCapabilities.CoreDump);

    /// <summary>The error for something that this machine lacks.</summary>
    protected virtual HypervisorUnsupportedException Lacks(MachineCapabilities missing) =>
        HypervisorUnsupportedException.OfMachine(Name, missing);

    // To pause a paused machine is an error to some VMMs, and so is to resume a running one.
    private async Task PauseIfRunningAsync(CancellationToken cancellationToken)
    {
        if (await QueryStateCoreAsync(cancellationToken).ConfigureAwait(false) != MachineState.Paused)
        {
            await PauseCoreAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<string> CheckAndAddAsync(DiskSpec disk, CancellationToken cancellationToken)
    {
        MachineSpecValidator.CheckDisk(disk);
        return AddDiskCoreAsync(disk, cancellationToken);
    }

    private Task<string> CheckAndAddAsync(NicSpec nic, CancellationToken cancellationToken)
    {
        MachineSpecValidator.CheckNic(nic);
        return AddNicCoreAsync(nic, cancellationToken);
    }

    private async Task RemoveWithinAsync(string deviceId, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            await RemoveDeviceCoreAsync(deviceId, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeviceRemovalException(
                Name, deviceId, $"the guest did not let go of it within {limit.TotalSeconds} s. It may have no driver that listens", e);
        }
    }

    private Task<bool> AskAsync(
        MachineCapabilities needed, string operation, Func<CancellationToken, Task> ask, CancellationToken cancellationToken) =>
        AskAsync(
            needed,
            operation,
            async token =>
            {
                await ask(token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    // Any one of the capabilities will do.
    private async Task<T> AskAsync<T>(
        MachineCapabilities needed, string operation, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        (Capabilities & needed) == 0 ? throw Lacks(needed) : await AskAsync(operation, ask, cancellationToken).ConfigureAwait(false);

    private async Task<T> AskAsync<T>(string operation, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        if (_process.Exited.IsCompleted)
        {
            throw new MachineGoneException(Name, operation);
        }

        try
        {
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (VmmConnectionException e)
        {
            // A VMM that dies closes its socket a moment before its end is noticed.
            Task first = await Task.WhenAny(_exited.Task, Task.Delay(s_drainLimit, cancellationToken)).ConfigureAwait(false);
            if (first == _exited.Task)
            {
                throw new MachineGoneException(Name, operation, e);
            }

            throw;
        }
    }
}
