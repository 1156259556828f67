using System.Buffers;
using System.Runtime.CompilerServices;
using Viper.Hypervisor.Serial;

namespace Viper.Hypervisor;

/// <summary>A guest's serial port, read all the time so that the guest never waits for a reader.</summary>
/// <remarks>
/// Thread-safe. One loop reads the port into a log file, a ring of the last 64 KiB, and the queues of the readers of lines.
/// A reader gets the recent lines first, so a line that was printed before it came is not missed. A slow reader loses the oldest
/// lines, over 4,096 lines or 1 Mi characters, and is told how many. Viewers see bytes instead of lines, as many as want to; one
/// at a time may type.
/// </remarks>
public sealed partial class SerialConsole : IAsyncDisposable
{
    /// <summary>How many bytes <see cref="GetReplay"/> returns at most.</summary>
    public const int ReplayLimit = 64 * 1024;

    /// <summary>The size in bytes at which the log file is put aside as <c>NAME.1</c>.</summary>
    public const long DefaultLogLimit = 8 * 1024 * 1024;

    private const int BufferSize = 16 * 1024;
    private const int LineLimit = 4096;
    private const int CharacterLimit = 1024 * 1024;

    private readonly Stream _port;
    private readonly BoundedLog? _log;
    private readonly Lock _lock = new();
    private readonly SerialRing _ring = new(ReplayLimit);
    private readonly SerialLineSplitter _splitter = new();
    private readonly Queue<(string Text, bool Continues)> _recent = new();
    private readonly List<SerialLineQueue> _readers = [];
    private readonly CancellationTokenSource _stop = new();
    private int _recentCharacters;
    private bool _ended;
    private int _disposed;

    private SerialConsole(Stream port, BoundedLog? log)
    {
        _port = port;
        _log = log;
        Completion = Task.Run(ReadLoopAsync);
    }

    /// <summary>Completes, never with an error, when the port has ended and everything it sent has been read.</summary>
    public Task Completion { get; }

    /// <summary>Starts reading a port; the console owns the stream.</summary>
    /// <param name="port">A stream of both directions.</param>
    /// <param name="logPath">The log file that is appended to, or null for none.</param>
    /// <param name="logLimit">The size in bytes at which the log file is put aside.</param>
    public static SerialConsole Open(Stream port, string? logPath, long logLimit = DefaultLogLimit)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(logLimit);
        return new SerialConsole(port, logPath is null ? null : new BoundedLog(logPath, logLimit));
    }

    /// <summary>The last bytes that the guest sent, at most <see cref="ReplayLimit"/>.</summary>
    public byte[] GetReplay()
    {
        lock (_lock)
        {
            return _ring.ToArray();
        }
    }

    /// <summary>The recent lines, then every further one; ends when the port has ended.</summary>
    /// <remarks>The queue is attached when the enumeration starts. Any number may run at once.</remarks>
    public async IAsyncEnumerable<SerialLine> Lines([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        SerialLineQueue queue = AttachLines();
        try
        {
            while (await queue.NextAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                yield return line;
            }
        }
        finally
        {
            lock (_lock)
            {
                _readers.Remove(queue);
            }
        }
    }

    /// <summary>Closes the port and the log, and ends every reader.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _port.DisposeAsync().ConfigureAwait(false);
        }

        await Completion.ConfigureAwait(false);
    }

    private SerialLineQueue AttachLines()
    {
        SerialLineQueue queue = new(LineLimit, CharacterLimit);
        lock (_lock)
        {
            foreach ((string text, bool continues) in _recent)
            {
                queue.Add(text, continues);
            }

            if (_ended)
            {
                queue.Finish();
            }
            else
            {
                _readers.Add(queue);
            }
        }

        return queue;
    }

    private async Task ReadLoopAsync()
    {
        try
        {
            while (await ReadOnceAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The VMM is gone or the console was closed: both are the end of the port.
        }

        lock (_lock)
        {
            _splitter.Finish(Offer);
            _ended = true;
            _readers.ForEach(static reader => reader.Finish());
            _log?.Dispose();
        }

        Arrive();
    }

    // False at the end of the port.
    private async Task<bool> ReadOnceAsync()
    {
        // Reading nothing waits until there is something; a guest that is silent holds no buffer.
        await _port.ReadAsync(Memory<byte>.Empty, _stop.Token).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count = await _port.ReadAsync(buffer.AsMemory(0, BufferSize), _stop.Token).ConfigureAwait(false);
            Take(buffer.AsSpan(0, count));
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _log?.Append(bytes);
        lock (_lock)
        {
            _ring.Append(bytes);
            _splitter.Push(bytes, Offer);
        }

        Arrive();
    }

    // Called with the lock held.
    private void Offer(string text, bool continues)
    {
        _recent.Enqueue((text, continues));
        _recentCharacters += text.Length;
        while (_recent.Count > LineLimit || (_recentCharacters > ReplayLimit && _recent.Count > 1))
        {
            _recentCharacters -= _recent.Dequeue().Text.Length;
        }

        foreach (SerialLineQueue reader in _readers)
        {
            reader.Add(text, continues);
        }
    }
}
