namespace Viper.Hypervisor.Serial;

/// <summary>The lines that wait for one reader; when full, the oldest go and are counted.</summary>
/// <remarks>Thread-safe for one reader and any number of writers.</remarks>
internal sealed class SerialLineQueue(int lineLimit, int characterLimit)
{
    private readonly Lock _lock = new();
    private readonly Queue<(string Text, bool Continues)> _lines = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _characters;
    private long _lost;
    private bool _finished;

    public void Add(string text, bool continues)
    {
        lock (_lock)
        {
            _lines.Enqueue((text, continues));
            _characters += text.Length;
            while (_lines.Count > lineLimit || (_characters > characterLimit && _lines.Count > 1))
            {
                _characters -= _lines.Dequeue().Text.Length;
                _lost++;
            }

            _changed.TrySetResult();
        }
    }

    /// <summary>Nothing more will be added.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            _finished = true;
            _changed.TrySetResult();
        }
    }

    /// <summary>The next line, or null when there is none left and none will come.</summary>
    public async ValueTask<SerialLine?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_lines.TryDequeue(out (string Text, bool Continues) line))
                {
                    _characters -= line.Text.Length;
                    long lost = _lost;
                    _lost = 0;
                    return new SerialLine(line.Text, line.Continues, lost);
                }

                if (_finished)
                {
                    return null;
                }

                // A signal that was used up by lines which have been read since is replaced.
                if (_changed.Task.IsCompleted)
                {
                    _changed = NewSignal();
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
