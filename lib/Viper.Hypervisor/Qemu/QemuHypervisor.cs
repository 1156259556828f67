using System.Text.Json;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Qemu;

/// <summary>Runs machines with QEMU.</summary>
internal sealed class QemuHypervisor(HypervisorInfo info, QemuSettings settings) : IHypervisor
{
    private const string Remedy =
        "Install the Debian package qemu-system-x86, or set VIPER_QEMU to the path of qemu-system-x86_64.";

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
        return MachineStart.RunAsync(spec, info, s_startLimit, LaunchAsync, Missing, cancellationToken);
    }

    private async Task<SupervisedMachine> LaunchAsync(MachineStart start, CancellationToken cancellationToken)
    {
        string monitorPath = start.Files.ClaimSocket("qmp.sock");
        string serialPath = start.Files.ClaimSocket("serial.sock");

        // The sockets listen before QEMU runs: connecting needs no waiting, and a dead QEMU shows as a closed connection.
        using (SafeFd monitorListener = UnixListener.Listen(monitorPath))
        using (SafeFd serialListener = UnixListener.Listen(serialPath))
        {
            start.Spawn(QemuCommandLine.Build(start.Files.Spec, settings), [monitorListener, serialListener]);
        }

        SerialConsole serial = start.Own(
            SerialConsole.Open(await ConnectAsync(serialPath, cancellationToken).ConfigureAwait(false), start.Files.SerialLog));
        QemuEvents events = new();
        QmpClient monitor = start.Own(
            new QmpClient(await ConnectAsync(monitorPath, cancellationToken).ConfigureAwait(false), events.Take));
        await monitor.NegotiateAsync(cancellationToken).ConfigureAwait(false);
        await WaitForSerialAsync(monitor, cancellationToken).ConfigureAwait(false);
        await monitor.ExecuteAsync("cont", cancellationToken).ConfigureAwait(false);
        JsonElement status = await monitor.ExecuteAsync("query-status", cancellationToken).ConfigureAwait(false);
        if (!IsTrue(status, "running"))
        {
            throw new VmmConnectionException("query-status", "the machine does not run after it was told to");
        }

        return new QemuMachine(start.Files, start.Process, serial, monitor, events);
    }

    private static async Task<Stream> ConnectAsync(string path, CancellationToken cancellationToken) =>
        await UnixListener.TryConnectAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw new VmmConnectionException("connect", $"nobody listens on '{path}'");

    // QEMU accepts the serial connection on its main loop, which also answers this; it is there after one or two rounds.
    private static async Task WaitForSerialAsync(QmpClient monitor, CancellationToken cancellationToken)
    {
        while (true)
        {
            JsonElement devices = await monitor.ExecuteAsync("query-chardev", cancellationToken).ConfigureAwait(false);
            if (devices.ValueKind != JsonValueKind.Array)
            {
                throw new VmmConnectionException("query-chardev", "the answer is not a list");
            }

            foreach (JsonElement device in devices.EnumerateArray())
            {
                if (Text(device, "label") == "serial" && !Text(device, "filename").StartsWith("disconnected:", StringComparison.Ordinal))
                {
                    return;
                }
            }
        }
    }

    private static string Text(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool IsTrue(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.True;
}
