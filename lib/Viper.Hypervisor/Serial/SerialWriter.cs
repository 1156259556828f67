namespace Viper.Hypervisor;

/// <summary>The right to type into a serial port, which one has at a time; disposal gives it up.</summary>
/// <remarks>Thread-safe. Disposal ends a write that waits for the guest, so that the next writer is not held up.</remarks>
public sealed class SerialWriter : IDisposable
{
    private readonly SerialConsole _console;
    private readonly CancellationTokenSource _given = new();

    internal SerialWriter(SerialConsole console, SerialHolder holder)
    {
        _console = console;
        Holder = holder;
    }

    /// <summary>Whose right it is.</summary>
    public SerialHolder Holder { get; }

    /// <summary>Types; calls take turns, so the bytes of one call stay together.</summary>
    /// <remarks>A guest that reads nothing makes this wait; cancellation ends the wait, and a part may have been sent.</remarks>
    /// <exception cref="VmmConnectionException">The port has ended.</exception>
    /// <exception cref="ObjectDisposedException">The right has been given up.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_given.IsCancellationRequested, this);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_given.Token, cancellationToken);
        try
        {
            await _console.WriteCoreAsync(bytes, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(SerialWriter), "The right to type was given up while bytes were being typed.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The source has no timer, so there is nothing to release beside the right.
        _given.Cancel();
        _console.Release(this);
    }
}
