using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>A connection of the QEMU Machine Protocol: commands with ids, answers in any order, events as they come.</summary>
/// <remarks>Thread-safe. The client owns the stream. After the end every command fails with the first reason.</remarks>
internal sealed class QmpClient : IAsyncDisposable
{
    /// <summary>The longest line taken from QEMU, in bytes.</summary>
    public const int LineLimit = 1024 * 1024;

    private readonly Stream _stream;
    private readonly Action<QmpMessage> _onEvent;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<QmpMessage>> _pending = new();
    private readonly TaskCompletionSource<QmpMessage> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _lock = new();
    private string? _endReason;
    private long _lastId;

    /// <summary>Starts reading.</summary>
    /// <param name="stream">A connection to the monitor.</param>
    /// <param name="onEvent">Called on the reading loop, in order; must return soon.</param>
    public QmpClient(Stream stream, Action<QmpMessage> onEvent)
    {
        _stream = stream;
        _onEvent = onEvent;
        Completion = Task.Run(ReadLoopAsync);
    }

    /// <summary>Completes, never with an error, when QEMU has closed the connection or it broke.</summary>
    public Task Completion { get; }

    /// <summary>Waits for the greeting and leaves negotiation mode.</summary>
    public async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        await _greeting.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync("qmp_capabilities", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a command without arguments and returns its result.</summary>
    /// <exception cref="VmmApiException">QEMU refused it.</exception>
    /// <exception cref="VmmConnectionException">The connection ended first.</exception>
    public async Task<JsonElement> ExecuteAsync(string command, CancellationToken cancellationToken)
    {
        long id = Interlocked.Increment(ref _lastId);
        TaskCompletionSource<QmpMessage> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_endReason is not null)
            {
                throw new VmmConnectionException(command, _endReason);
            }

            _pending[id] = answer;
        }

        try
        {
            await SendAsync(command, id, cancellationToken).ConfigureAwait(false);
            QmpMessage message = await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return message.Kind == QmpMessageKind.Return
                ? message.Body
                : throw new VmmApiException(command, null, message.Name, [message.Text]);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
    }

    private async Task SendAsync(string command, long id, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> buffer = new(128);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("execute"u8, command);
            writer.WriteNumber("id"u8, id);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Not cancellable: half a command would break the connection for everybody.
            await _stream.WriteAsync(buffer.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
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

    private async Task ReadLoopAsync()
    {
        string reason = "QEMU closed the connection";
        byte[] buffer = new byte[16 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    if (length >= LineLimit)
                    {
                        reason = $"QEMU sent a line of more than {LineLimit} bytes";
                        break;
                    }

                    Array.Resize(ref buffer, length * 2);
                }

                int count = await _stream.ReadAsync(buffer.AsMemory(length)).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                length += count;
                int used = Dispatch(buffer.AsMemory(0, length));
                buffer.AsSpan(used, length - used).CopyTo(buffer);
                length -= used;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            reason = "the connection broke";
        }
        catch (InvalidDataException e)
        {
            reason = e.Message;
        }

        End(reason);
    }

    private int Dispatch(ReadOnlyMemory<byte> bytes)
    {
        int used = 0;
        while (true)
        {
            int end = bytes.Span[used..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return used;
            }

            ReadOnlyMemory<byte> line = bytes.Slice(used, end);
            used += end + 1;
            if (line.Span.Trim("\r "u8).IsEmpty)
            {
                continue;
            }

            if (!QmpMessageReader.TryRead(line, out QmpMessage message))
            {
                throw new InvalidDataException("QEMU sent something that is not its protocol");
            }

            Take(message);
        }
    }

    private void Take(QmpMessage message)
    {
        switch (message.Kind)
        {
            case QmpMessageKind.Greeting:
                _greeting.TrySetResult(message);
                break;
            case QmpMessageKind.Event:
                _onEvent(message);
                break;
            default:
                if (message.Id is { } id && _pending.TryRemove(id, out TaskCompletionSource<QmpMessage>? answer))
                {
                    answer.TrySetResult(message);
                }

                break;
        }
    }

    private void End(string reason)
    {
        lock (_lock)
        {
            _endReason = reason;
        }

        _stream.Dispose();
        _greeting.TrySetException(new VmmConnectionException("greeting", reason));
        _ = _greeting.Task.Exception;
        foreach (KeyValuePair<long, TaskCompletionSource<QmpMessage>> entry in _pending)
        {
            entry.Value.TrySetException(new VmmConnectionException("command", reason));
            _ = entry.Value.Task.Exception;
        }
    }
}
