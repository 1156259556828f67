using System.IO.Pipelines;

namespace Viper.Cdp.Frames;

/// <summary>The one way out of a connection: what is appended while a write is under way goes out with the next one.</summary>
/// <remarks>Append under <see cref="Gate"/>, then call <see cref="Start"/> outside of it.</remarks>
internal sealed class OutgoingQueue
{
    private const int Kept = 4096;

    private readonly PipeWriter _output;
    private readonly Action<Exception>? _failed;
    private PooledBuffer _filling = new(Kept);
    private PooledBuffer _sending = new(Kept);
    private bool _isSending;
    private Exception? _failure;
    private TaskCompletionSource? _drained;

    /// <param name="output">Where it goes; completing it is the owner's.</param>
    /// <param name="failed">Told once when writing has failed.</param>
    internal OutgoingQueue(PipeWriter output, Action<Exception>? failed)
    {
        _output = output;
        _failed = failed;
    }

    internal Lock Gate { get; } = new();

    /// <summary>Gets the buffer that may be appended to by who holds the gate.</summary>
    internal PooledBuffer Buffer => _filling;

    /// <summary>Gets a value indicating whether appending is of use. Under the gate.</summary>
    internal bool IsOpen => _failure is null;

    /// <summary>Gets how many bytes wait to be written, those of the write under way included.</summary>
    internal long UnsentBytes
    {
        get
        {
            lock (Gate)
            {
                return (long)_filling.Length + _sending.Length;
            }
        }
    }

    /// <summary>Writes what was appended, unless a write is under way that will.</summary>
    internal void Start()
    {
        lock (Gate)
        {
            if (_isSending || _filling.Length == 0)
            {
                return;
            }

            _isSending = true;
        }

        _ = SendAsync();
    }

    /// <summary>Waits until everything has been handed to the transport.</summary>
    /// <exception cref="IOException">Writing failed.</exception>
    internal ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        Task drained;
        lock (Gate)
        {
            if (_failure is not null)
            {
                return ValueTask.FromException(Again(_failure));
            }

            if (!_isSending)
            {
                return default;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
        }

        return new ValueTask(drained.WaitAsync(cancellationToken));
    }

    private async Task SendAsync()
    {
        try
        {
            while (TakeNext())
            {
                var result = await _output.WriteAsync(_sending.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
                if (result.IsCompleted)
                {
                    throw new IOException("The peer has stopped reading.");
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // InvalidOperationException: the pipe was completed while this write was on its way.
            Fail(error);
        }
    }

    private bool TakeNext()
    {
        TaskCompletionSource? drained;
        lock (Gate)
        {
            _sending.Clear();
            if (_filling.Length > 0)
            {
                (_filling, _sending) = (_sending, _filling);
                return true;
            }

            _isSending = false;
            drained = _drained;
            _drained = null;
        }

        drained?.SetResult();
        return false;
    }

    private void Fail(Exception error)
    {
        TaskCompletionSource? drained;
        lock (Gate)
        {
            _failure = error;
            _isSending = false;
            _filling.Release();
            _sending.Release();
            drained = _drained;
            _drained = null;
        }

        drained?.SetException(Again(error));
        _failed?.Invoke(error);
    }

    private static IOException Again(Exception failure) => new($"The connection broke while sending: {failure.Message}", failure);
}
