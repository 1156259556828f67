using Viper.Hypervisor.Machines;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Runs machines with Cloud Hypervisor.</summary>
internal sealed partial class CloudHypervisorVmm : IHypervisor
{
    private const string Remedy =
        "Install cloud-hypervisor v51.2 or v53.0 from its project's releases (Debian has no package), or set " +
        "VIPER_CLOUD_HYPERVISOR to its path, or choose qemu.";

    // A boot can take a minute when something that it waits for does not answer.
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_restoreLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_adoptLimit = TimeSpan.FromSeconds(15);

    /// <summary>Takes the program that was found.</summary>
    /// <exception cref="HypervisorUnsupportedException">It is a release that must not be used.</exception>
    public CloudHypervisorVmm(HypervisorInfo info)
    {
        if (VersionFloor.WhyRefused(info.Version) is { } reason)
        {
            throw new HypervisorUnsupportedException($"'{info.ProgramPath}' is not used. {reason}");
        }

        Info = info with { Capabilities = CloudHypervisorMachine.AllCapabilities };
    }

    public HypervisorKind Kind => HypervisorKind.CloudHypervisor;

    public HypervisorInfo Info { get; }

    /// <summary>The error for a Cloud Hypervisor that is not there.</summary>
    public static HypervisorProgramMissingException Missing(string program, Exception? inner = null) =>
        new(HypervisorKind.CloudHypervisor, program, Remedy, inner);

    public Task<IMachine> StartAsync(MachineSpec spec, CancellationToken cancellationToken)
    {
        MachineSpecValidator.Check(spec);
        cancellationToken.ThrowIfCancellationRequested();
        return MachineStart.RunAsync(spec, Info, s_startLimit, LaunchAsync, Missing, cancellationToken);
    }

    public Task<IMachine?> AdoptAsync(MachineSpec spec, ProcessIdentity identity, CancellationToken cancellationToken) =>
        MachineStart.AdoptAsync(
            spec,
            Info,
            identity,
            [
                CloudHypervisorStart.ApiSocket, CloudHypervisorStart.ApiLock, CloudHypervisorStart.SerialSocket,
                SnapshotFiles.ConfigName, SnapshotFiles.StateName, SnapshotFiles.MemoryName,
            ],
            s_adoptLimit,
            (start, token) => AttachAsync(start, identity, token),
            cancellationToken);

    private async Task<SupervisedMachine> LaunchAsync(MachineStart start, CancellationToken cancellationToken)
    {
        CloudHypervisorStart vmm = CloudHypervisorStart.Spawn(start);
        VmmPing program = await vmm.WaitAsync(cancellationToken).ConfigureAwait(false);
        MachineSpec spec = start.Files.Spec;
        bool byDescriptor = spec.Nics.Any(static nic => nic.TapDescriptor is not null);
        VmConfig config = MachineConfig.Of(spec, vmm.SerialPath);
        await vmm.Client.CreateAsync(byDescriptor ? config with { Net = null } : config, cancellationToken).ConfigureAwait(false);
        for (int i = 0; byDescriptor && i < spec.Nics.Count; i++)
        {
            // Descriptors go with vm.add-net only; all cards go that way, so that their order is that of the description.
            await CloudHypervisorMachine.AddAsync(vmm.Client, spec.Nics[i], MachineConfig.NicId(i), cancellationToken).ConfigureAwait(false);
        }

        // The VMM may listen for the console from here on, or only once booted; the earlier, the less output is missed.
        SerialConsole? early = await vmm.TryOpenSerialAsync(cancellationToken).ConfigureAwait(false);
        await vmm.Client.BootAsync(cancellationToken).ConfigureAwait(false);
        SerialConsole serial = early ?? await vmm.OpenSerialAsync(cancellationToken).ConfigureAwait(false);
        return new CloudHypervisorMachine(start.Files, start.Process, serial, vmm.Client, vmm.Events, Info, program);
    }

    private async Task<SupervisedMachine> AttachAsync(MachineStart start, ProcessIdentity identity, CancellationToken cancellationToken)
    {
        CloudHypervisorStart vmm = CloudHypervisorStart.Attach(start);
        VmmPing program = await vmm.Client.PingAsync(cancellationToken).ConfigureAwait(false);
        if (program.Pid is { } pid && pid != identity.Pid)
        {
            throw new VmmConnectionException(
                ApiOperation.Ping.Name, $"the process {pid} answers on the socket of the process {identity.Pid}", survival: VmmSurvival.Alive);
        }

        SerialConsole serial = await vmm.OpenSerialAsync(cancellationToken).ConfigureAwait(false);
        return new CloudHypervisorMachine(start.Files, start.Process, serial, vmm.Client, null, Info, program);
    }
}
