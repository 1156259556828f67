namespace Viper.Agent.Programs;

/// <summary>Wakes all who wait for the next change of something. Take <see cref="Next"/> first, look then, wait last.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource? _next;

    internal Task Next
    {
        get
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, fresh, null) ?? fresh).Task;
        }
    }

    internal void Pulse() => Interlocked.Exchange(ref _next, null)?.SetResult();
}
