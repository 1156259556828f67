using System.Net.Sockets;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>A VMM that has just been spawned, or found, and the ways to it.</summary>
internal sealed class CloudHypervisorStart
{
    public const string ApiSocket = "api.sock";
    public const string ApiLock = "api.sock.lock";
    public const string SerialSocket = "serial.sock";

    private static readonly TimeSpan s_socketRetry = TimeSpan.FromMilliseconds(2);

    private readonly MachineStart _start;
    private readonly string _apiPath;

    private CloudHypervisorStart(MachineStart start, string apiPath, string serialPath, EventWatch? events)
    {
        _start = start;
        _apiPath = apiPath;
        SerialPath = serialPath;
        Events = events;
        Client = start.Own(new CloudHypervisorClient(apiPath));
    }

    public CloudHypervisorClient Client { get; }

    public EventWatch? Events { get; }

    public string SerialPath { get; }

    /// <summary>Spawns the program, without a machine.</summary>
    public static CloudHypervisorStart Spawn(MachineStart start)
    {
        string apiPath = start.Files.ClaimSocket(ApiSocket);
        string serialPath = start.Files.ClaimSocket(SerialSocket);
        start.Files.AlsoRemove(Path.Combine(start.Files.Spec.RunDirectory, ApiLock));
        (NetworkStream reader, SafeFd writer) = EventChannel.Create();
        EventWatch events = start.Own(new EventWatch(reader));
        using (writer)
        {
            start.Spawn(["--api-socket", $"path={apiPath}", "--event-monitor", $"fd={ProcessStart.FirstPassed}"], [writer]);
        }

        return new CloudHypervisorStart(start, apiPath, serialPath, events);
    }

    /// <summary>Finds the sockets of a program that an earlier one spawned.</summary>
    public static CloudHypervisorStart Attach(MachineStart start)
    {
        string folder = start.Files.Spec.RunDirectory;
        return new CloudHypervisorStart(start, Path.Combine(folder, ApiSocket), Path.Combine(folder, SerialSocket), null);
    }

    /// <summary>Waits until the program answers.</summary>
    public async Task<VmmPing> WaitAsync(CancellationToken cancellationToken)
    {
        await (await ConnectAsync(_apiPath, cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        return await Client.PingAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to the serial port, or answers null when the program does not listen there yet.</summary>
    public async Task<SerialConsole?> TryOpenSerialAsync(CancellationToken cancellationToken)
    {
        NetworkStream? port = await UnixListener.TryConnectAsync(SerialPath, cancellationToken).ConfigureAwait(false);
        return port is null ? null : _start.Own(SerialConsole.Open(port, _start.Files.SerialLog));
    }

    /// <summary>Connects to the serial port.</summary>
    public async Task<SerialConsole> OpenSerialAsync(CancellationToken cancellationToken) => _start.Own(
        SerialConsole.Open(await ConnectAsync(SerialPath, cancellationToken).ConfigureAwait(false), _start.Files.SerialLog));

    // The program makes its sockets itself, so there is nothing to wait on but their appearance; the caller's token ends it.
    private static async Task<NetworkStream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await UnixListener.TryConnectAsync(path, cancellationToken).ConfigureAwait(false) is { } stream)
            {
                return stream;
            }

            await Task.Delay(s_socketRetry, cancellationToken).ConfigureAwait(false);
        }
    }
}
