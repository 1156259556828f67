using System.Text.Json;
using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Qemu;

/// <summary>A machine run by QEMU.</summary>
internal sealed partial class QemuMachine : SupervisedMachine
{
    /// <summary>The id of the balloon device.</summary>
    public const string BalloonId = "balloon0";

    private readonly MachineSpec _spec;
    private readonly HypervisorInfo _info;
    private readonly QemuMachineType _type;
    private readonly QemuMonitor _monitor;
    private readonly QemuHotplug _hotplug;
    private readonly QemuReset _reset;
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly bool _hasSharedMemoryFile;
    private int? _balloonTarget;

    public QemuMachine(
        MachineFiles files, HypervisorInfo info, QemuMachineType type, ChildProcess process, SerialConsole serial, QemuMonitor monitor)
        : base(files, process, serial)
    {
        _spec = files.Spec;
        _info = info;
        _type = type;
        _monitor = monitor;
        _hotplug = new QemuHotplug(_spec, monitor);
        _reset = new QemuReset(monitor, firmwareResetsAgain: type == QemuMachineType.Q35);
        _hasSharedMemoryFile = _spec.MemoryFilePath is not null;
        Capabilities = CapabilitiesOf(type, _spec);
    }

    public override MachineCapabilities Capabilities { get; }

    /// <summary>What machines of a type can do at most.</summary>
    public static MachineCapabilities CapabilitiesOf(QemuMachineType type)
    {
        const MachineCapabilities Always = MachineCapabilities.Pause | MachineCapabilities.PowerButton | MachineCapabilities.Reset
            | MachineCapabilities.Nmi | MachineCapabilities.CoreDump | MachineCapabilities.Snapshot | MachineCapabilities.Restore
            | MachineCapabilities.Adopt | MachineCapabilities.MemoryBalloon;
        return type == QemuMachineType.Q35 ? Always | MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug : Always;
    }

    protected override HypervisorUnsupportedException Lacks(MachineCapabilities missing) => new(
        $"the machine '{Name}'", missing.ToString(), missing, (_type, missing) switch
        {
            (_, MachineCapabilities.MemoryBalloon) => "it was started without Balloon",
            (_, MachineCapabilities.MemoryResize or MachineCapabilities.CpuResize) => "its size is fixed when it starts",
            (QemuMachineType.Microvm, _) => "QEMU's microvm has no bus that takes devices while it runs. Use q35",
            _ => "it was started without HotplugSlots",
        });

    protected override async Task<MachineState> QueryStateCoreAsync(CancellationToken cancellationToken)
    {
        JsonElement status = await _monitor.ExecuteAsync("query-status", cancellationToken).ConfigureAwait(false);
        return StateOf(QmpJson.Text(status, "status"));
    }

    /// <summary>Turns QEMU's RunState (qapi/run-state.json) into a state of the contract.</summary>
    /// <remarks>A paused machine that is reset is in prelaunch until it goes on, and can be resumed like any paused one.</remarks>
    internal static MachineState StateOf(string status) => status switch
    {
        "running" or "suspended" => MachineState.Running,
        "inmigrate" or "restore-vm" => MachineState.Starting,
        "shutdown" => MachineState.Stopped,
        "internal-error" or "io-error" or "guest-panicked" or "watchdog" => MachineState.Failed,
        _ => MachineState.Paused,
    };

    protected override Task PauseCoreAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("stop", cancellationToken);

    protected override Task ResumeCoreAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("cont", cancellationToken);

    protected override Task EnsureRunningAsync(CancellationToken cancellationToken) => ResumeCoreAsync(cancellationToken);

    protected override Task PowerButtonCoreAsync(CancellationToken cancellationToken) =>
        _monitor.ExecuteAsync("system_powerdown", cancellationToken);

    protected override Task ResetCoreAsync(CancellationToken cancellationToken) => _reset.RunAsync(cancellationToken);

    protected override Task NmiCoreAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("inject-nmi", cancellationToken);

    protected override Task<string> AddDiskCoreAsync(DiskSpec disk, CancellationToken cancellationToken) =>
        _hotplug.AddDiskAsync(disk, cancellationToken);

    protected override Task<string> AddNicCoreAsync(NicSpec nic, CancellationToken cancellationToken) =>
        _hotplug.AddNicAsync(nic, cancellationToken);

    protected override Task RemoveDeviceCoreAsync(string deviceId, CancellationToken cancellationToken) =>
        _hotplug.RemoveAsync(deviceId, cancellationToken);

    // QEMU counts what the guest keeps, the contract what it gives.
    protected override async Task SetBalloonCoreAsync(int balloonMib, CancellationToken cancellationToken)
    {
        await _monitor.ExecuteAsync(
            "balloon", writer => writer.WriteNumber("value"u8, (_spec.MemoryMib - balloonMib) * 1024L * 1024L), cancellationToken)
            .ConfigureAwait(false);
        _balloonTarget = balloonMib;
    }

    protected override async Task<BalloonState> QueryBalloonCoreAsync(CancellationToken cancellationToken)
    {
        JsonElement answer = await _monitor.ExecuteAsync("query-balloon", cancellationToken).ConfigureAwait(false);
        long kept = QmpJson.Number(answer, "actual") ?? throw new VmmConnectionException("query-balloon", "the answer names no size");
        int given = _spec.MemoryMib - (int)(kept / (1024 * 1024));
        return new BalloonState(_balloonTarget ?? given, given);
    }

    protected override Task QuitCoreAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("quit", cancellationToken);

    protected override async Task FinishControlAsync()
    {
        await _monitor.Completion.ConfigureAwait(false);
        await _monitor.DisposeAsync().ConfigureAwait(false);
    }

    protected override MachineExitCause CauseOfOrderlyEnd() => _monitor.Events.ShutdownReason switch
    {
        "guest-shutdown" => MachineExitCause.GuestPowerOff,
        "guest-reset" => MachineExitCause.GuestReset,
        "guest-panic" => MachineExitCause.GuestPanic,
        "host-signal" when !EndRequested => MachineExitCause.Signalled,
        _ when EndRequested => MachineExitCause.Requested,
        _ => MachineExitCause.Unknown,
    };

    protected override MachineExitCause CauseOfLostEnd() => CauseOfOrderlyEnd();

    private static MachineCapabilities CapabilitiesOf(QemuMachineType type, MachineSpec spec)
    {
        MachineCapabilities all = CapabilitiesOf(type);
        MachineCapabilities absent = MachineCapabilities.None;
        absent |= spec.Balloon ? 0 : MachineCapabilities.MemoryBalloon;
        absent |= spec.HotplugSlots > 0 ? 0 : MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug;
        return all & ~absent;
    }
}
