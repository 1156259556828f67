using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Viper.Cdp.Frames;

/// <summary>Reads whole messages; answers pings and close frames on the way.</summary>
/// <remarks>One reader at a time. The pipe stays the caller's. Steady reading allocates nothing; memory follows what has come, not what was announced.</remarks>
public sealed class WebSocketMessageReader : IDisposable
{
    private const int WholeBytes = 16 * 1024;
    private const int Kept = 4096;

    private readonly WebSocketFrameReader _frames;
    private readonly WebSocketWriter _answers;
    private readonly PooledBuffer _joined = new(Kept);
    private Utf8Validator _text;

    /// <summary>Makes a reader.</summary>
    /// <param name="input">What is received, behind the handshake.</param>
    /// <param name="answers">Where pongs and the answer to a close frame go.</param>
    /// <param name="role">The side that reads.</param>
    /// <param name="limits">What the peer may send at most.</param>
    public WebSocketMessageReader(PipeReader input, WebSocketWriter answers, WebSocketRole role, WebSocketLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(answers);

        // What is masked must be copied anyway; its pieces need not be held together first.
        var wholeBytes = role == WebSocketRole.Client ? WholeBytes : 0;
        _frames = new WebSocketFrameReader(input, new WebSocketFrameParser(role, limits, wholeBytes));
        _answers = answers;
    }

    /// <summary>Gets the kind of the message that was read last: text or binary.</summary>
    public WebSocketOpcode Opcode { get; private set; }

    /// <summary>Gets the message that was read last; valid until the next read. A text is valid UTF-8.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    /// <summary>Gets what the peer's close frame said; null while none has come.</summary>
    public WebSocketClose? Close { get; private set; }

    /// <summary>Reads the next message.</summary>
    /// <returns>False when the peer has closed, with a close frame or without.</returns>
    /// <exception cref="CdpFrameException">The peer broke the protocol or a limit; a close frame that says so has been written.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken = default)
    {
        Message = default;
        _joined.Clear();
        try
        {
            while (Close is null && await _frames.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (Take(_frames.Current))
                {
                    return true;
                }
            }

            return false;
        }
        catch (CdpFrameException error) when (error.CloseCode != WebSocketCloseCode.Abnormal)
        {
            _answers.TryWriteClose(error.CloseCode);
            throw;
        }
    }

    /// <summary>Gives the memory back; the last message is not valid any more.</summary>
    public void Dispose()
    {
        Message = default;
        _joined.Release();
    }

    /// <summary>Takes a piece; true when a message is whole with it.</summary>
    private bool Take(in WebSocketPiece piece)
    {
        if (piece.Header.IsControl)
        {
            Close = ControlFrames.Answer(piece, _answers);
            return false;
        }

        if (piece.Header.Opcode != WebSocketOpcode.Continuation && piece.IsFirst)
        {
            Opcode = piece.Header.Opcode;
            _text = default;
            if (piece.EndsMessage && !piece.Header.IsMasked && piece.Payload.IsSingleSegment)
            {
                Message = piece.Payload.First;
                return Opcode == WebSocketOpcode.Text && !Utf8.IsValid(Message.Span) ? throw NotText() : true;
            }
        }

        var length = (int)piece.Payload.Length;
        var target = _joined.GetSpan(length)[..length];
        piece.CopyTo(target);
        _joined.Advance(length);
        if (Opcode == WebSocketOpcode.Text && (!_text.TryAdd(target) || (piece.EndsMessage && !_text.IsComplete)))
        {
            throw NotText();
        }

        Message = _joined.WrittenMemory;
        return piece.EndsMessage;
    }

    private static CdpFrameException NotText() => new(WebSocketCloseCode.InvalidPayload, "sent a text that is not UTF-8");
}
