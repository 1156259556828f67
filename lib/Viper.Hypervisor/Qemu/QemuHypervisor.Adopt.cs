using Viper.Hypervisor.Machines;

namespace Viper.Hypervisor.Qemu;

/// <summary>Machines of an earlier program.</summary>
internal sealed partial class QemuHypervisor
{
    private static readonly TimeSpan s_adoptLimit = TimeSpan.FromSeconds(10);

    public Task<IMachine?> AdoptAsync(MachineSpec spec, ProcessIdentity identity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        MachineSpecValidator.CheckSocketPath(Path.Combine(spec.RunDirectory, SerialSocket));
        string[] files = [MonitorSocket, SerialSocket, .. (string[])(spec.MemoryFilePath is { } memory ? [memory] : [])];
        return MachineStart.AdoptAsync(spec, info, identity, files, s_adoptLimit, AttachAsync, cancellationToken);
    }

    // QEMU listens on its sockets again as soon as the earlier program's connections have ended.
    private async Task<SupervisedMachine> AttachAsync(MachineStart start, CancellationToken cancellationToken)
    {
        string folder = start.Files.Spec.RunDirectory;
        SerialConsole serial = start.Own(SerialConsole.Open(
            await ConnectAsync(Path.Combine(folder, SerialSocket), cancellationToken).ConfigureAwait(false), start.Files.SerialLog));
        QemuMonitor monitor = start.Own(
            new QemuMonitor(await ConnectAsync(Path.Combine(folder, MonitorSocket), cancellationToken).ConfigureAwait(false)));
        await monitor.NegotiateAsync(cancellationToken).ConfigureAwait(false);
        await monitor.WaitForSerialAsync(cancellationToken).ConfigureAwait(false);
        QemuMachineType type = await monitor.QueryTypeAsync(cancellationToken).ConfigureAwait(false);

        // The earlier program may have ended in the middle of a reset.
        await QemuReset.SetActionAsync(monitor, "shutdown", cancellationToken).ConfigureAwait(false);
        return new QemuMachine(start.Files, info, type, start.Process, serial, monitor);
    }
}
