using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Qemu;

/// <summary>A connection of the QEMU Machine Protocol: commands with ids, answers in any order, events as they come.</summary>
/// <remarks>
/// Thread-safe. The client owns the stream. After the end every command fails with the first reason. QEMU runs ordinary commands one
/// after the other; one sent out of band (qmp-spec, "Out-of-band execution") is run at once, whatever the others do.
/// </remarks>
internal sealed partial class QmpClient : IAsyncDisposable
{
    /// <summary>The longest line taken from QEMU, in bytes.</summary>
    public const int LineLimit = 1024 * 1024;

    /// <summary>The most ordinary commands under way: beyond 8 QEMU stops reading, and commands out of band would wait too.</summary>
    private const int InBandLimit = 8;

    private readonly Stream _stream;
    private readonly Action<QmpMessage> _onEvent;
    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private readonly TaskCompletionSource<QmpMessage> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _inBand = new(InBandLimit, InBandLimit);
    private readonly SemaphoreSlim _passing = new(1, 1);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _lock = new();
    private string? _endReason;
    private long _lastId;

    /// <summary>Starts reading.</summary>
    /// <param name="stream">A connection to the monitor; a socket where descriptors are to be passed.</param>
    /// <param name="onEvent">Called on the reading loop, in order; must return soon.</param>
    public QmpClient(Stream stream, Action<QmpMessage> onEvent)
    {
        _stream = stream;
        _onEvent = onEvent;
        Completion = Task.Run(ReadLoopAsync);
    }

    /// <summary>Completes, never with an error, when QEMU has closed the connection or it broke.</summary>
    public Task Completion { get; }

    /// <summary>Whether QEMU offered to run commands out of band; known after the negotiation.</summary>
    public bool OffersOutOfBand { get; private set; }

    /// <summary>Waits for the greeting and leaves negotiation mode, with all that QEMU offers and this client uses.</summary>
    public async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        QmpMessage greeting = await _greeting.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        bool offered = QmpMessageReader.Offers(greeting.Body, "oob");
        await ExecuteAsync(
            "qmp_capabilities",
            offered ? static writer => WriteEnable(writer) : null,
            cancellationToken).ConfigureAwait(false);
        OffersOutOfBand = offered;
    }

    /// <summary>Runs a command without arguments and returns its result.</summary>
    /// <exception cref="VmmApiException">QEMU refused it.</exception>
    /// <exception cref="VmmConnectionException">The connection ended first.</exception>
    public Task<JsonElement> ExecuteAsync(string command, CancellationToken cancellationToken) =>
        ExecuteAsync(command, null, cancellationToken);

    /// <summary>Runs a command and returns its result; <paramref name="arguments"/> writes the members of the arguments.</summary>
    /// <remarks>Cancellation abandons the answer; QEMU still runs a command that has been sent.</remarks>
    public async Task<JsonElement> ExecuteAsync(string command, Action<Utf8JsonWriter>? arguments, CancellationToken cancellationToken)
    {
        await _inBand.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await AskAsync(command, "execute"u8.ToArray(), arguments, null, _inBand, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a command with a descriptor, of which QEMU gets a copy.</summary>
    /// <remarks>One at a time: QEMU keeps only the descriptors that came last.</remarks>
    public async Task<JsonElement> ExecuteAsync(
        string command, Action<Utf8JsonWriter>? arguments, SafeHandle descriptor, CancellationToken cancellationToken)
    {
        await _passing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _inBand.WaitAsync(cancellationToken).ConfigureAwait(false);

            // Not given up once sent: the next descriptor must not overtake this one.
            return await AskAsync(command, "execute"u8.ToArray(), arguments, descriptor, _inBand, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _passing.Release();
        }
    }

    /// <summary>Runs a command at once, beside whatever else QEMU does; few commands allow it.</summary>
    /// <exception cref="HypervisorUnsupportedException">This QEMU does not offer it.</exception>
    public Task<JsonElement> ExecuteOutOfBandAsync(string command, Action<Utf8JsonWriter>? arguments, CancellationToken cancellationToken) =>
        OffersOutOfBand
            ? AskAsync(command, "exec-oob"u8.ToArray(), arguments, null, null, cancellationToken)
            : throw new HypervisorUnsupportedException($"This QEMU runs no commands out of band, so '{command}' was not sent.");

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
    }

    private static void WriteEnable(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("enable"u8);
        writer.WriteStringValue("oob"u8);
        writer.WriteEndArray();
    }

    private async Task<JsonElement> AskAsync(
        string command,
        byte[] verb,
        Action<Utf8JsonWriter>? arguments,
        SafeHandle? descriptor,
        SemaphoreSlim? slot,
        CancellationToken cancellationToken)
    {
        long id = Interlocked.Increment(ref _lastId);
        Pending pending = new(command, slot);
        try
        {
            Register(id, pending);
            await SendAsync(QmpCommand.Write(verb, command, id, arguments), command, descriptor, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _pending.TryRemove(id, out _);
            pending.Finish();
            throw;
        }

        // A command that its caller abandons keeps its place until QEMU has answered it.
        QmpMessage message = await pending.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return message.Kind == QmpMessageKind.Return
            ? message.Body
            : throw new VmmApiException(command, null, message.Name, [message.Text]);
    }

    private void Register(long id, Pending pending)
    {
        lock (_lock)
        {
            if (_endReason is not null)
            {
                throw new VmmConnectionException(pending.Command, _endReason);
            }

            _pending[id] = pending;
        }
    }

    private async Task SendAsync(
        ReadOnlyMemory<byte> bytes,
        string command,
        SafeHandle? descriptor,
        CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (descriptor is not null)
            {
                bytes = bytes[SendDescriptor(bytes.Span, descriptor)..];
            }

            // Not cancellable: half a command would break the connection for everybody.
            await _stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new VmmConnectionException(command, "the connection is closed", e);
        }
        finally
        {
            _sending.Release();
        }
    }

    private int SendDescriptor(ReadOnlySpan<byte> bytes, SafeHandle descriptor) =>
        _stream is NetworkStream { Socket: { } socket }
            ? DescriptorSender.Send(socket, bytes, [descriptor])
            : throw new IOException("Descriptors pass through sockets only.");

    /// <summary>A command that waits for its answer, and the place that it takes among those under way.</summary>
    private sealed class Pending(string command, SemaphoreSlim? slot)
    {
        private SemaphoreSlim? _slot = slot;

        public string Command { get; } = command;

        public TaskCompletionSource<QmpMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Finish() => Interlocked.Exchange(ref _slot, null)?.Release();
    }
}
