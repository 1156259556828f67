namespace Viper.Orchestration;

/// <summary>When a VM was last used, on the monotonic clock. Thread-safe, and cheap enough for every frame of a relay.</summary>
/// <remarks>Looking at a VM is no use of it: who asks for its state, its events or its logs touches nothing here.</remarks>
public sealed class VmActivity
{
    private readonly TimeProvider _time;
    private long _last;
    private int _held;

    /// <summary>Begins with the present as the last use.</summary>
    /// <param name="time">The clock; only its timestamps are looked at.</param>
    public VmActivity(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _last = time.GetTimestamp();
    }

    /// <summary>The clock's timestamp of the last use.</summary>
    public long LastTimestamp => Volatile.Read(ref _last);

    /// <summary>How long the VM has not been used; zero while something goes on that counts until it ends.</summary>
    public TimeSpan IdleTime => Volatile.Read(ref _held) > 0 ? TimeSpan.Zero : _time.GetElapsedTime(LastTimestamp);

    /// <summary>The VM is used now.</summary>
    public void Touch() => Volatile.Write(ref _last, _time.GetTimestamp());

    /// <summary>The VM is used from now on until the result is disposed, once.</summary>
    public IDisposable Begin()
    {
        Interlocked.Increment(ref _held);
        Touch();
        return new Use(this);
    }

    private void End()
    {
        Touch();
        Interlocked.Decrement(ref _held);
    }

    private sealed class Use(VmActivity activity) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                activity.End();
            }
        }
    }
}
