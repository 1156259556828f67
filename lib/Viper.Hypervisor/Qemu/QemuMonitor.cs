using System.Runtime.InteropServices;
using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>One QEMU's monitor: its connection, its events, and the work that takes several commands.</summary>
/// <remarks>Thread-safe. Owns the stream.</remarks>
internal sealed class QemuMonitor : IAsyncDisposable
{
    private readonly QmpClient _client;

    public QemuMonitor(Stream stream)
    {
        Events = new QemuEvents();
        _client = new QmpClient(stream, Events.Take);
    }

    public QemuEvents Events { get; }

    /// <summary>Completes, never with an error, when the connection has ended.</summary>
    public Task Completion => _client.Completion;

    public Task NegotiateAsync(CancellationToken cancellationToken) => _client.NegotiateAsync(cancellationToken);

    public Task<JsonElement> ExecuteAsync(string command, CancellationToken cancellationToken) =>
        _client.ExecuteAsync(command, null, cancellationToken);

    public Task<JsonElement> ExecuteAsync(string command, Action<Utf8JsonWriter> arguments, CancellationToken cancellationToken) =>
        _client.ExecuteAsync(command, arguments, cancellationToken);

    /// <summary>Gives QEMU a copy of a descriptor under a name (getfd).</summary>
    public Task<JsonElement> GiveDescriptorAsync(string name, SafeHandle descriptor, CancellationToken cancellationToken) =>
        _client.ExecuteAsync("getfd", writer => writer.WriteString("fdname"u8, name), descriptor, cancellationToken);

    /// <summary>Gives QEMU a copy of a descriptor as a set of its own, and returns the path under which block devices open it.</summary>
    public async Task<(long Set, string Path)> AddDescriptorAsync(SafeHandle descriptor, CancellationToken cancellationToken)
    {
        JsonElement answer = await _client.ExecuteAsync("add-fd", null, descriptor, cancellationToken).ConfigureAwait(false);
        long set = QmpJson.Number(answer, "fdset-id")
            ?? throw new VmmConnectionException("add-fd", "the answer names no set of descriptors");
        return (set, $"/dev/fdset/{set}");
    }

    /// <summary>Waits for an event that <see cref="QemuEvents.Expect"/> listens for, or for the end of the connection.</summary>
    public async Task<QmpMessage> WaitAsync(Task<QmpMessage> expected, string what, CancellationToken cancellationToken)
    {
        try
        {
            Task first = await Task.WhenAny(expected, Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
            return first == expected || expected.IsCompleted
                ? await expected.ConfigureAwait(false)
                : throw new VmmConnectionException(what, "QEMU closed the connection");
        }
        finally
        {
            Events.Forget(expected);
        }
    }

    /// <summary>The names of the devices that were added with an id.</summary>
    public async Task<IReadOnlyList<string>> ListDevicesAsync(CancellationToken cancellationToken)
    {
        JsonElement answer = await ExecuteAsync(
            "qom-list", static writer => writer.WriteString("path"u8, "/machine/peripheral"), cancellationToken).ConfigureAwait(false);
        return [.. QmpJson.Items(answer, "qom-list").Select(static item => QmpJson.Text(item, "name"))];
    }

    /// <summary>Waits until QEMU has accepted the connection to the serial port.</summary>
    /// <remarks>It does so on the main loop, which also answers this; it is there after one or two rounds.</remarks>
    public async Task WaitForSerialAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            JsonElement devices = await ExecuteAsync("query-chardev", cancellationToken).ConfigureAwait(false);
            foreach (JsonElement device in QmpJson.Items(devices, "query-chardev"))
            {
                if (QmpJson.Text(device, "label") == "serial"
                    && !QmpJson.Text(device, "filename").StartsWith("disconnected:", StringComparison.Ordinal))
                {
                    return;
                }
            }
        }
    }

    /// <summary>The type of the machine that runs.</summary>
    public async Task<QemuMachineType> QueryTypeAsync(CancellationToken cancellationToken)
    {
        JsonElement type = await ExecuteAsync(
            "qom-get",
            static writer =>
            {
                writer.WriteString("path"u8, "/machine"u8);
                writer.WriteString("property"u8, "type"u8);
            },
            cancellationToken).ConfigureAwait(false);
        string name = type.ValueKind == JsonValueKind.String ? type.GetString()! : "";
        return name.StartsWith("microvm", StringComparison.Ordinal) ? QemuMachineType.Microvm
            : name.Contains("q35", StringComparison.Ordinal) ? QemuMachineType.Q35
            : throw new VmmConnectionException("qom-get", $"the machine is of the type '{name}', which this library does not start");
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
