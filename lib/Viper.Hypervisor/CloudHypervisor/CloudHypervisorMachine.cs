using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>A machine run by Cloud Hypervisor.</summary>
internal sealed class CloudHypervisorMachine(MachineFiles files, ChildProcess process, SerialConsole serial, CloudHypervisorClient client)
    : SupervisedMachine(files, process, serial)
{
    protected override Task PauseCoreAsync(CancellationToken cancellationToken) => client.PauseAsync(cancellationToken);

    protected override Task ResumeCoreAsync(CancellationToken cancellationToken) => client.ResumeAsync(cancellationToken);

    protected override async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        // Resuming a running machine is an error here.
        VmInfo vm = await client.InfoAsync(cancellationToken).ConfigureAwait(false);
        if (vm.State == VmState.Paused)
        {
            await client.ResumeAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override Task PowerButtonCoreAsync(CancellationToken cancellationToken) => client.PowerButtonAsync(cancellationToken);

    protected override Task QuitCoreAsync(CancellationToken cancellationToken) => client.ShutdownVmmAsync(cancellationToken);

    protected override async Task FinishControlAsync() => await client.DisposeAsync().ConfigureAwait(false);

    // Without --no-shutdown the program ends with 0 when the guest powers off, and so it does after SIGTERM.
    protected override MachineExitCause CauseOfOrderlyEnd() =>
        EndRequested ? MachineExitCause.Requested : MachineExitCause.GuestPowerOff;
}
