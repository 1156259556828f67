using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Qemu;

/// <summary>Runs machines with QEMU.</summary>
internal sealed partial class QemuHypervisor(HypervisorInfo info, QemuSettings settings) : IHypervisor
{
    private const string Remedy =
        "Install the Debian package qemu-system-x86, or set VIPER_QEMU to the path of qemu-system-x86_64.";

    private const string MonitorSocket = "qmp.sock";
    private const string SerialSocket = "serial.sock";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    public HypervisorKind Kind => HypervisorKind.Qemu;

    public HypervisorInfo Info => info;

    /// <summary>The error for a QEMU that is not there.</summary>
    public static HypervisorProgramMissingException Missing(string program, Exception? inner = null) =>
        new(HypervisorKind.Qemu, program, Remedy, inner);

    public Task<IMachine> StartAsync(MachineSpec spec, CancellationToken cancellationToken)
    {
        MachineSpecValidator.Check(spec);
        cancellationToken.ThrowIfCancellationRequested();
        return MachineStart.RunAsync(
            spec,
            info,
            s_startLimit,
            async (start, token) =>
            {
                PrepareMemory(start);
                QemuMachine machine = await LaunchAsync(start, null, null, token).ConfigureAwait(false);
                await machine.RunAsync(token).ConfigureAwait(false);
                return machine;
            },
            Missing,
            cancellationToken);
    }

    // Spawns before it first suspends, then connects; the virtual CPUs stand still.
    private async Task<QemuMachine> LaunchAsync(
        MachineStart start, QemuRestore? restore, SafeFd? state, CancellationToken cancellationToken)
    {
        MachineSpec spec = start.Files.Spec;
        string monitorPath = start.Files.ClaimSocket(MonitorSocket);
        string serialPath = start.Files.ClaimSocket(SerialSocket);
        List<SafeFd> passed = [];
        try
        {
            // The sockets listen before QEMU runs: connecting needs no waiting, and a dead QEMU shows as a closed connection.
            passed.Add(UnixListener.Listen(monitorPath));
            passed.Add(UnixListener.Listen(serialPath));
            foreach (SafeHandle tap in spec.Nics.Select(static nic => nic.TapDescriptor).OfType<SafeHandle>())
            {
                passed.Add(TapOpener.Copy(tap));
            }

            start.Spawn(QemuCommandLine.Build(spec, settings, restore), state is null ? passed : [.. passed, state]);
        }
        finally
        {
            passed.ForEach(static fd => fd.Dispose());
        }

        SerialConsole serial = start.Own(
            SerialConsole.Open(await ConnectAsync(serialPath, cancellationToken).ConfigureAwait(false), start.Files.SerialLog));
        QemuMonitor monitor = start.Own(new QemuMonitor(await ConnectAsync(monitorPath, cancellationToken).ConfigureAwait(false)));
        await monitor.NegotiateAsync(cancellationToken).ConfigureAwait(false);
        await monitor.WaitForSerialAsync(cancellationToken).ConfigureAwait(false);
        return new QemuMachine(start.Files, info, settings.MachineType, start.Process, serial, monitor);
    }

    private static void PrepareMemory(MachineStart start)
    {
        if (start.Files.Spec.MemoryFilePath is { } path)
        {
            MemoryFile.Make(path, start.Files.Spec.MemoryMib * 1024L * 1024L);
            start.Files.AlsoRemove(path);
        }
    }

    private static async Task<Stream> ConnectAsync(string path, CancellationToken cancellationToken) =>
        await UnixListener.TryConnectAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw new VmmConnectionException("connect", $"nobody listens on '{path}'");
}
