using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Qemu;

/// <summary>A machine run by QEMU.</summary>
internal sealed class QemuMachine(MachineFiles files, ChildProcess process, SerialConsole serial, QmpClient monitor, QemuEvents events)
    : SupervisedMachine(files, process, serial)
{
    protected override Task PauseCoreAsync(CancellationToken cancellationToken) => monitor.ExecuteAsync("stop", cancellationToken);

    protected override Task ResumeCoreAsync(CancellationToken cancellationToken) => monitor.ExecuteAsync("cont", cancellationToken);

    protected override Task EnsureRunningAsync(CancellationToken cancellationToken) => ResumeCoreAsync(cancellationToken);

    protected override Task PowerButtonCoreAsync(CancellationToken cancellationToken) =>
        monitor.ExecuteAsync("system_powerdown", cancellationToken);

    protected override Task QuitCoreAsync(CancellationToken cancellationToken) => monitor.ExecuteAsync("quit", cancellationToken);

    protected override async Task FinishControlAsync()
    {
        await monitor.Completion.ConfigureAwait(false);
        await monitor.DisposeAsync().ConfigureAwait(false);
    }

    protected override MachineExitCause CauseOfOrderlyEnd() => events.ShutdownReason switch
    {
        "guest-shutdown" => MachineExitCause.GuestPowerOff,
        "guest-reset" => MachineExitCause.GuestReset,
        "guest-panic" => MachineExitCause.GuestPanic,
        "host-signal" when !EndRequested => MachineExitCause.Signalled,
        _ when EndRequested => MachineExitCause.Requested,
        _ => MachineExitCause.Unknown,
    };
}
