namespace Viper.Hypervisor.Qemu;

/// <summary>What QEMU's events have said so far, and those who wait for one.</summary>
/// <remarks>Thread-safe. Fed by the monitor's reading loop.</remarks>
internal sealed class QemuEvents
{
    private readonly Lock _lock = new();
    private readonly List<(Func<QmpMessage, bool> Match, TaskCompletionSource<QmpMessage> Seen)> _waiting = [];
    private volatile string? _shutdownReason;

    /// <summary>The reason in the last SHUTDOWN event, such as <c>guest-shutdown</c>; null when there was none.</summary>
    public string? ShutdownReason => _shutdownReason;

    public void Take(QmpMessage message)
    {
        if (message.Name == "SHUTDOWN" && QmpJson.Text(message.Body, "reason") is { Length: > 0 } reason)
        {
            _shutdownReason = reason;
        }

        lock (_lock)
        {
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Match(message))
                {
                    _waiting[i].Seen.TrySetResult(message);
                    _waiting.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Listens for the first matching event from now on: ask before doing what causes it. End it with <see cref="Forget"/>.</summary>
    public Task<QmpMessage> Expect(Func<QmpMessage, bool> match)
    {
        TaskCompletionSource<QmpMessage> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((match, seen));
        }

        return seen.Task;
    }

    /// <summary>Ends the listening for an event.</summary>
    public void Forget(Task<QmpMessage> expected)
    {
        lock (_lock)
        {
            _waiting.RemoveAll(one => one.Seen.Task == expected);
        }
    }
}
