namespace Viper.Hypervisor;

/// <summary>Those who look at the port as a terminal does, and the one who types.</summary>
public sealed partial class SerialConsole
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private TaskCompletionSource? _arrival;
    private SerialWriter? _writer;

    /// <summary>Who has the right to type; null when nobody has.</summary>
    public SerialHolder? Writer
    {
        get
        {
            lock (_lock)
            {
                return _writer?.Holder;
            }
        }
    }

    /// <summary>A new place to look from: the last <see cref="ReplayLimit"/> bytes first, then what comes.</summary>
    public SerialViewer Attach()
    {
        lock (_lock)
        {
            return new SerialViewer(this, _ring.Start);
        }
    }

    /// <summary>Asks for the right to type, which one has at a time.</summary>
    /// <param name="name">Who asks, for others to read.</param>
    /// <param name="holder">Who has the right now: the caller, or the one who had it before.</param>
    /// <returns>The right, which the caller disposes of; null when somebody else has it.</returns>
    public SerialWriter? TryTakeWriter(string name, out SerialHolder holder)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_lock)
        {
            if (_writer is not null)
            {
                holder = _writer.Holder;
                return null;
            }

            holder = new SerialHolder(name, DateTimeOffset.UtcNow);
            return _writer = new SerialWriter(this, holder);
        }
    }

    /// <summary>Types into the port without holding the right to; calls take turns, so the bytes of one call stay together.</summary>
    /// <remarks>A guest that reads nothing makes this wait; cancellation ends the wait, and a part may have been sent.</remarks>
    /// <exception cref="SerialTakenException">Somebody has the right to type.</exception>
    /// <exception cref="VmmConnectionException">The port has ended.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        Writer is { } holder ? Task.FromException(new SerialTakenException(holder)) : WriteCoreAsync(bytes, cancellationToken);

    internal async Task WriteCoreAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _port.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new VmmConnectionException("serial write", "the serial port has ended", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    internal void Release(SerialWriter writer)
    {
        lock (_lock)
        {
            if (_writer == writer)
            {
                _writer = null;
            }
        }
    }

    /// <summary>Copies what stands at a place and moves it on; gives what completes when more has come, or null when none will.</summary>
    internal Task? Take(ref long place, Span<byte> buffer, out int count, out long lost)
    {
        lock (_lock)
        {
            lost = Math.Max(0, _ring.Start - place);
            place += lost;
            count = _ring.CopyFrom(place, buffer);
            place += count;
            if (_ended)
            {
                return null;
            }

            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task;
        }
    }

    // Outside the lock, so that no viewer waits for another.
    private void Arrive()
    {
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            arrival = _arrival;
            _arrival = null;
        }

        arrival?.SetResult();
    }
}
