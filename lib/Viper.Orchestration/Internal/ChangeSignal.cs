namespace Viper.Orchestration.Internal;

/// <summary>Wakes any number of waiters each time something changes. Thread-safe.</summary>
/// <remarks>Take <see cref="Next"/> before looking at the state, then wait: a change in between is not missed.</remarks>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Ends with the next change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Ends every task handed out so far.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
