using System.Buffers;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Streaming;

/// <summary>Hands a long text of an answer on to its destination while the answer comes. One answer's worth.</summary>
/// <remarks>
/// The receive loop feeds it and waits for the destination, so that a slow one slows Chrome down instead of filling memory. A
/// caller that gives up is let go at once, unless its destination is just being written to.
/// </remarks>
internal sealed class StreamedText : IDisposable
{
    /// <summary>The most that an answer may hold beside the text.</summary>
    internal const int MaxRest = 1024 * 1024;

    private const int Step = 32 * 1024;

    private readonly TextExtractor _extractor;
    private readonly Stream? _stream;
    private readonly IBufferWriter<byte>? _writer;
    private readonly CancellationToken _cancellation;
    private readonly PooledBuffer _rest = new(0);
    private readonly PooledBuffer _decoded = new(2 * Step);
    private readonly Lock _gate = new();
    private State _state;

    internal StreamedText(CdpPayload payload, Stream? stream, IBufferWriter<byte>? writer, CancellationToken cancellation)
    {
        _extractor = new TextExtractor(payload);
        _stream = stream;
        _writer = writer;
        _cancellation = cancellation;
    }

    private enum State
    {
        Idle,
        Writing,
        GivenUp,
        Detached,
        Ended,
    }

    /// <summary>Gets the answer without the text.</summary>
    internal ReadOnlySpan<byte> Rest => _rest.Written;

    /// <summary>The caller gives up. False while its destination is being written to, or when the answer is complete.</summary>
    internal bool TryDetach()
    {
        lock (_gate)
        {
            (_state, var isFree) = _state switch
            {
                State.Idle => (State.Detached, true),
                State.Writing => (State.GivenUp, false),
                _ => (_state, false),
            };
            return isFree;
        }
    }

    /// <summary>Takes a piece of the answer.</summary>
    /// <returns>False when the caller has been let go; what still comes is for nobody.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up while its destination was being written to.</exception>
    /// <exception cref="System.Text.Json.JsonException">The text is not as it must be.</exception>
    internal async ValueTask<bool> FeedAsync(ReadOnlySequence<byte> piece)
    {
        foreach (var memory in piece)
        {
            for (var at = 0; at < memory.Length; at += Step)
            {
                if (!TryMove(State.Idle, State.Writing))
                {
                    return false;
                }

                await WriteAsync(memory.Slice(at, Math.Min(Step, memory.Length - at))).ConfigureAwait(false);
                if (!TryMove(State.Writing, State.Idle))
                {
                    throw new OperationCanceledException(_cancellation);
                }
            }
        }

        return true;
    }

    /// <summary>Takes the right to complete the call. False when the caller has been let go.</summary>
    internal bool TryEnd()
    {
        lock (_gate)
        {
            var mayEnd = _state is not (State.Detached or State.Ended);
            _state = mayEnd ? State.Ended : _state;
            return mayEnd;
        }
    }

    public void Dispose()
    {
        _rest.Release();
        _decoded.Release();
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> piece)
    {
        // Most of a long text is as it will be written: it goes on from where it was received.
        var plain = _extractor.TakePlain(piece.Span);
        if (plain > 0)
        {
            await HandOnAsync(piece[..plain]).ConfigureAwait(false);
            piece = piece[plain..];
        }

        _extractor.Add(piece.Span, _rest, _decoded);
        if (_rest.Length > MaxRest)
        {
            throw new System.Text.Json.JsonException($"The answer holds more than {MaxRest} bytes beside the text that was named.");
        }

        if (_decoded.Length > 0)
        {
            await HandOnAsync(_decoded.WrittenMemory).ConfigureAwait(false);
            _decoded.Clear();
        }
    }

    private ValueTask HandOnAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_stream is not null)
        {
            return _stream.WriteAsync(bytes, _cancellation);
        }

        _writer!.Write(bytes.Span);
        return default;
    }

    private bool TryMove(State from, State to)
    {
        lock (_gate)
        {
            if (_state != from)
            {
                return false;
            }

            _state = to;
            return true;
        }
    }
}
