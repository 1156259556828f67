using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>A machine run by Cloud Hypervisor.</summary>
internal sealed partial class CloudHypervisorMachine : SupervisedMachine
{
    /// <summary>What every machine of this program can do.</summary>
    internal const MachineCapabilities Always =
        MachineCapabilities.Pause | MachineCapabilities.PowerButton | MachineCapabilities.Reset | MachineCapabilities.Nmi
        | MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug
        | MachineCapabilities.Snapshot | MachineCapabilities.Restore | MachineCapabilities.Adopt;

    /// <summary>What some machine of this program can do.</summary>
    internal const MachineCapabilities AllCapabilities =
        Always | MachineCapabilities.MemoryBalloon | MachineCapabilities.MemoryResize | MachineCapabilities.CpuResize
        | MachineCapabilities.CoreDump;

    private readonly HypervisorInfo _info;
    private readonly MachineSpec _spec;
    private readonly CloudHypervisorClient _client;
    private readonly EventWatch? _events;
    private volatile bool _buttonPressed;

    /// <summary>Takes over a VMM whose machine runs, or is about to.</summary>
    /// <param name="files">The files of the machine.</param>
    /// <param name="process">The VMM.</param>
    /// <param name="serial">The serial port, connected.</param>
    /// <param name="client">The API, which becomes the machine's own.</param>
    /// <param name="events">The events; null for a machine of an earlier program, whose events are lost.</param>
    /// <param name="info">The program.</param>
    /// <param name="program">Who the program says it is.</param>
    public CloudHypervisorMachine(
        MachineFiles files,
        ChildProcess process,
        SerialConsole serial,
        CloudHypervisorClient client,
        EventWatch? events,
        HypervisorInfo info,
        VmmPing program)
        : base(files, process, serial)
    {
        _info = info;
        _spec = files.Spec;
        _client = client;
        _events = events;
        Capabilities = CapabilitiesOf(_spec, program);
    }

    public override MachineCapabilities Capabilities { get; }

    protected override async Task<MachineState> QueryStateCoreAsync(CancellationToken cancellationToken) =>
        (await _client.InfoAsync(cancellationToken).ConfigureAwait(false)).State switch
        {
            VmState.Running => MachineState.Running,
            VmState.Paused => MachineState.Paused,
            _ => MachineState.Stopped,
        };

    protected override Task PauseCoreAsync(CancellationToken cancellationToken) =>
        MoveAsync(_client.PauseAsync(cancellationToken), VmState.Paused, cancellationToken);

    protected override Task ResumeCoreAsync(CancellationToken cancellationToken) =>
        MoveAsync(_client.ResumeAsync(cancellationToken), VmState.Running, cancellationToken);

    protected override Task EnsureRunningAsync(CancellationToken cancellationToken) => ResumeCoreAsync(cancellationToken);

    protected override async Task PowerButtonCoreAsync(CancellationToken cancellationToken)
    {
        await _client.PowerButtonAsync(cancellationToken).ConfigureAwait(false);
        _buttonPressed = true;
    }

    protected override Task ResetCoreAsync(CancellationToken cancellationToken) => _client.RebootAsync(cancellationToken);

    protected override Task NmiCoreAsync(CancellationToken cancellationToken) => _client.NmiAsync(cancellationToken);

    protected override Task QuitCoreAsync(CancellationToken cancellationToken) => _client.ShutdownVmmAsync(cancellationToken);

    protected override async Task FinishControlAsync()
    {
        await _client.DisposeAsync().ConfigureAwait(false);
        if (_events is not null)
        {
            await _events.Completion.ConfigureAwait(false);
            await _events.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Without --no-shutdown the program ends with 0 when the guest powers off, and so it does after SIGTERM.
    protected override MachineExitCause CauseOfOrderlyEnd() =>
        EndRequested ? MachineExitCause.Requested
        : _events?.GuestPanicked == true ? MachineExitCause.GuestPanic
        : MachineExitCause.GuestPowerOff;

    // The exit status of an adopted process is lost; one that ends after the button has most likely heard it.
    protected override MachineExitCause CauseOfLostEnd() =>
        EndRequested ? MachineExitCause.Requested : _buttonPressed ? MachineExitCause.GuestPowerOff : MachineExitCause.Unknown;

    private static MachineCapabilities CapabilitiesOf(MachineSpec spec, VmmPing program)
    {
        MachineCapabilities capabilities = Always;
        capabilities |= spec.Balloon ? MachineCapabilities.MemoryBalloon : MachineCapabilities.None;
        capabilities |= spec.MaxMemoryMib > spec.MemoryMib ? MachineCapabilities.MemoryResize : MachineCapabilities.None;
        capabilities |= spec.MaxVcpuCount > spec.VcpuCount ? MachineCapabilities.CpuResize : MachineCapabilities.None;

        // Only programs built for debugging guests know the operation, and say so.
        bool dumps = program.Features?.Contains("guest_debug") == true;
        return capabilities | (dumps ? MachineCapabilities.CoreDump : MachineCapabilities.None);
    }

    // The program refuses to pause what is paused; the contract does nothing then.
    private async Task MoveAsync(Task move, VmState wanted, CancellationToken cancellationToken)
    {
        try
        {
            await move.ConfigureAwait(false);
        }
        catch (VmmApiException e) when (e.Survival == VmmSurvival.Alive)
        {
            if ((await _client.InfoAsync(cancellationToken).ConfigureAwait(false)).State != wanted)
            {
                throw;
            }
        }
    }
}
