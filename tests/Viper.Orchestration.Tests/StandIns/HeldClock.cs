namespace Viper.Orchestration.Tests.StandIns;

/// <summary>The machine's clock, but whoever sets a timer of one length waits until the test lets go.</summary>
internal sealed class HeldClock(TimeSpan held) : TimeProvider, IDisposable
{
    private readonly ManualResetEventSlim _released = new();

    /// <summary>Ends when somebody waits.</summary>
    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.Set();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == held && !_released.IsSet)
        {
            Reached.TrySetResult();
            _released.Wait(EngineFixture.Patience);
        }

        return base.CreateTimer(callback, state, dueTime, period);
    }

    public void Dispose() => _released.Dispose();
}
