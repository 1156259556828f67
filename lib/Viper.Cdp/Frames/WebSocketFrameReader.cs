using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Viper.Cdp.Frames;

/// <summary>Reads frames without copying them: for relays, which pass on what they do not look at.</summary>
/// <remarks>One reader at a time. Owns nothing; completing the pipe is the caller's. Steady reading allocates nothing.</remarks>
public sealed class WebSocketFrameReader
{
    private readonly PipeReader _input;
    private readonly WebSocketFrameParser _parser;
    private ReadOnlySequence<byte> _rest;
    private bool _holds;
    private bool _isEnded;

    /// <summary>Makes a reader.</summary>
    /// <param name="input">What is received, behind the handshake.</param>
    /// <param name="parser">Takes the frames out; not to be used beside this.</param>
    public WebSocketFrameReader(PipeReader input, WebSocketFrameParser parser)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(parser);
        _input = input;
        _parser = parser;
    }

    /// <summary>Gets the frame or piece that was read last; valid until the next read.</summary>
    public WebSocketPiece Current { get; private set; }

    /// <summary>Reads the next frame, or the next piece of a long one.</summary>
    /// <param name="cancellationToken">Ends the waiting; nothing is lost, and reading can go on.</param>
    /// <returns>False when the stream ended between messages.</returns>
    /// <exception cref="CdpFrameException">The peer broke the protocol or a limit, or the stream ended within a message.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_holds)
            {
                if (_parser.TryRead(ref _rest, out var piece))
                {
                    Current = piece;
                    return true;
                }

                Current = default;
                _holds = false;
                _input.AdvanceTo(_rest.Start, _rest.End);
                if (_isEnded)
                {
                    return _parser.IsBetweenMessages && _rest.IsEmpty
                        ? false
                        : throw new CdpFrameException(WebSocketCloseCode.Abnormal, "ended the connection within a message");
                }
            }

            var read = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            _rest = read.Buffer;
            _isEnded = read.IsCompleted;
            _holds = true;
        }
    }
}
