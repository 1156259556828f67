namespace Viper.Daemon.Relay;

/// <summary>Frames of the daemon's own that wait to be sent to a client, and the bell that wakes who sends them.</summary>
/// <remarks>Thread-safe for any number that add and one that takes.</remarks>
internal sealed class OwnFrames : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _frames = new();
    private readonly CancellationToken _cut;
    private CancellationTokenSource _bell;

    /// <param name="cut">Rings too, and for good.</param>
    internal OwnFrames(CancellationToken cut)
    {
        _cut = cut;
        _bell = CancellationTokenSource.CreateLinkedTokenSource(cut);
    }

    /// <summary>Ends when there is something to take.</summary>
    internal CancellationToken Bell
    {
        get
        {
            lock (_lock)
            {
                return _bell.Token;
            }
        }
    }

    internal void Add(ReadOnlyMemory<byte> frame)
    {
        CancellationTokenSource bell;
        lock (_lock)
        {
            _frames.Enqueue(frame);
            bell = _bell;
        }

        // Outside the lock: whoever wakes may take at once. Asynchronously: it is not this thread's work.
        _ = RingAsync(bell);
    }

    /// <summary>Takes the next frame; with none left the bell is made anew.</summary>
    internal bool TryTake(out ReadOnlyMemory<byte> frame)
    {
        lock (_lock)
        {
            if (_frames.TryDequeue(out frame))
            {
                return true;
            }

            if (_bell.IsCancellationRequested && !_cut.IsCancellationRequested)
            {
                _bell.Dispose();
                _bell = CancellationTokenSource.CreateLinkedTokenSource(_cut);
            }

            return false;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _bell.Dispose();
        }
    }

    private static async Task RingAsync(CancellationTokenSource bell)
    {
        try
        {
            await bell.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // Its frame was taken meanwhile, or the connection is over.
        }
    }
}
