using Viper.Hypervisor.Machines;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Devices, sizes, snapshots.</summary>
internal sealed partial class CloudHypervisorMachine
{
    private const long Mebibyte = 1024 * 1024;

    private static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_lastLook = TimeSpan.FromMilliseconds(100);

    protected override async Task<string> AddDiskCoreAsync(DiskSpec disk, CancellationToken cancellationToken)
    {
        DiskConfig config = new() { Path = disk.Path, Readonly = disk.ReadOnly, ImageType = DiskImageType.Raw };
        return IdOf("vm.add-disk", await _client.AddDiskAsync(config, cancellationToken).ConfigureAwait(false));
    }

    protected override async Task<string> AddNicCoreAsync(NicSpec nic, CancellationToken cancellationToken) =>
        IdOf("vm.add-net", await AddAsync(_client, nic, null, cancellationToken).ConfigureAwait(false));

    /// <summary>Adds a card by the name of its tap or by its descriptor.</summary>
    internal static Task<PciDeviceInfo?> AddAsync(CloudHypervisorClient client, NicSpec nic, string? id, CancellationToken cancellationToken) =>
        nic.TapDescriptor is { } tap
            ? client.AddNetAsync(new NetConfig { Id = id, Mac = nic.MacAddress, NumQueues = 2 }, [tap], cancellationToken)
            : client.AddNetAsync(new NetConfig { Id = id, Mac = nic.MacAddress, Tap = nic.TapName }, cancellationToken);

    protected override async Task RemoveDeviceCoreAsync(string deviceId, CancellationToken cancellationToken)
    {
        try
        {
            await _client.RemoveDeviceAsync(deviceId, cancellationToken).ConfigureAwait(false);
        }
        catch (VmmApiException e) when (e.Status == 500 && e.Survival == VmmSurvival.Alive)
        {
            // A removal that was asked for before and is still pending is refused like an unknown name.
            if (!await HasAsync(deviceId, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }

        // The program has no event for it: the device leaves the tree when the guest has let go.
        TimeSpan pause = s_firstLook;
        while (await HasAsync(deviceId, cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            pause = pause + pause < s_lastLook ? pause + pause : s_lastLook;
        }
    }

    protected override Task SetBalloonCoreAsync(int balloonMib, CancellationToken cancellationToken) =>
        _client.ResizeAsync(new VmResize { DesiredBalloon = balloonMib * Mebibyte }, cancellationToken);

    protected override async Task<BalloonState> QueryBalloonCoreAsync(CancellationToken cancellationToken)
    {
        VmInfo info = await _client.InfoAsync(cancellationToken).ConfigureAwait(false);
        long target = info.Config.Balloon?.Size ?? 0;
        long actual = info.MemoryActualSize is { } left ? Math.Max(0, (_spec.MemoryMib * Mebibyte) - left) : target;
        return new BalloonState((int)(target / Mebibyte), (int)(actual / Mebibyte));
    }

    protected override async Task ResizeMemoryCoreAsync(int memoryMib, CancellationToken cancellationToken)
    {
        VmInfo info = await _client.InfoAsync(cancellationToken).ConfigureAwait(false);
        if (info.MemoryActualSize > memoryMib * Mebibyte)
        {
            throw new HypervisorUnsupportedException(
                $"The memory of the machine '{Name}' cannot shrink to {memoryMib} MiB: Cloud Hypervisor adds memory modules and takes " +
                "none away. Use a balloon.");
        }

        await _client.ResizeAsync(new VmResize { DesiredRam = memoryMib * Mebibyte }, cancellationToken).ConfigureAwait(false);
    }

    protected override Task ResizeCpusCoreAsync(int vcpuCount, CancellationToken cancellationToken) =>
        _client.ResizeAsync(new VmResize { DesiredVcpus = vcpuCount }, cancellationToken);

    protected override async Task<SnapshotFacts> SnapshotCoreAsync(
        string directory, SnapshotOptions options, CancellationToken cancellationToken)
    {
        SnapshotFolder folder = SnapshotFolder.Make(directory);
        SnapshotFacts facts = SnapshotFolder.Describe(HypervisorKind.CloudHypervisor, _info, _spec, hasMemoryFile: true);
        try
        {
            await PauseCoreAsync(cancellationToken).ConfigureAwait(false);
            await _client.SnapshotAsync(VmSnapshotConfig.ToDirectory(directory), cancellationToken).ConfigureAwait(false);
            await folder.WriteFactsAsync(facts, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            folder.Undo();
            throw;
        }

        if (options.EndMachine)
        {
            await KillAsync().ConfigureAwait(false);
        }

        return facts;
    }

    protected override async Task CoreDumpCoreAsync(string path, CancellationToken cancellationToken)
    {
        if (Path.Exists(path))
        {
            throw new HypervisorException($"The core dump of '{Name}' is not written: '{path}' exists already. Name a new file.");
        }

        bool paused = await QueryStateCoreAsync(cancellationToken).ConfigureAwait(false) == MachineState.Paused;
        await PauseCoreAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await DumpAsync(path, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!paused)
            {
                await ResumeCoreAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    // The VMM makes the file readable for everybody, so it is made where nobody else comes, and moved.
    private async Task DumpAsync(string path, CancellationToken cancellationToken)
    {
        string folder = path + ".part";
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            string part = Path.Combine(folder, "core");
            await _client.CoredumpAsync(VmCoredumpData.ToFile(part), cancellationToken).ConfigureAwait(false);
            File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(part, path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string IdOf(string operation, PciDeviceInfo? added) =>
        added?.Id ?? throw new VmmConnectionException(
            operation, "the device was only put into the configuration, so the machine does not run", survival: VmmSurvival.Alive);

    private async Task<bool> HasAsync(string deviceId, CancellationToken cancellationToken)
    {
        VmInfo info = await _client.InfoAsync(cancellationToken).ConfigureAwait(false);
        return info.DeviceTree?.ContainsKey(deviceId) == true;
    }
}
