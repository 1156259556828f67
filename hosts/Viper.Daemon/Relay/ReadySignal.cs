using System.Threading.Tasks.Sources;

namespace Viper.Daemon.Relay;

/// <summary>Says that a socket may be ready, and remembers it where nobody waits. Any number may tell, one may wait at a time.</summary>
/// <remarks>Who waits goes on inside <see cref="Set"/>; a wait allocates nothing.</remarks>
internal sealed class ReadySignal : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private bool _isSet;
    private bool _isWaiting;
    private bool _isCancelled;
    private bool _isClosed;

    /// <summary>Waits until it was set since the last wait. To be called after the socket was found not ready.</summary>
    internal ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (TakeSet())
            {
                return ValueTask.CompletedTask;
            }
        }

        // Before anybody can end the wait, so that its end finds the registration.
        _registration = cancellationToken.UnsafeRegister(static state => ((ReadySignal)state!).Cancel(), this);
        lock (_gate)
        {
            if (!TakeSet() && !_isCancelled)
            {
                _core.Reset();
                _isWaiting = true;
                return new ValueTask(this, _core.Version);
            }
        }

        EndRegistration();
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : ValueTask.CompletedTask;
    }

    internal void Set()
    {
        lock (_gate)
        {
            _isSet = !_isWaiting;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
    }

    /// <summary>From here on nobody waits any more.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        Set();
    }

    void IValueTaskSource.GetResult(short token)
    {
        EndRegistration();
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private bool TakeSet()
    {
        bool was = _isSet || _isClosed;
        _isSet = false;
        return was;
    }

    private void Cancel()
    {
        lock (_gate)
        {
            _isCancelled = !_isWaiting;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.SetException(new OperationCanceledException());
    }

    // Once this is through, its token ends no later wait.
    private void EndRegistration()
    {
        _registration.Dispose();
        _registration = default;
        _isCancelled = false;
    }
}
