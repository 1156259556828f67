using System.Buffers;
using System.IO.Pipelines;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Protocol;

/// <summary>Messages as texts of a WebSocket, from a client's side.</summary>
internal sealed class WebSocketFraming : MessageFraming
{
    private readonly WebSocketFrameParser _parser;
    private readonly WebSocketWriter _writer;

    internal WebSocketFraming(PipeWriter output, WebSocketLimits limits, Action<Exception> failed)
    {
        _parser = new WebSocketFrameParser(WebSocketRole.Client, limits, WholeBytes);
        _writer = new WebSocketWriter(output, WebSocketRole.Client, failed);
    }

    internal override long UnsentBytes => _writer.UnsentBytes;

    internal override bool TryTake(ref ReadOnlySequence<byte> buffer, out MessagePiece piece)
    {
        while (_parser.TryRead(ref buffer, out var frame))
        {
            if (!frame.Header.IsControl)
            {
                if (frame.Header.Opcode == WebSocketOpcode.Binary)
                {
                    throw new CdpFrameException(WebSocketCloseCode.Unsupported, "sent a binary message");
                }

                piece = new MessagePiece(frame.Payload, frame.IsFirst && frame.Header.Opcode != WebSocketOpcode.Continuation, frame.EndsMessage);
                return true;
            }

            if (ControlFrames.Answer(frame, _writer) is { } close)
            {
                throw Closed(close);
            }
        }

        piece = default;
        return false;
    }

    internal override bool TryWrite(ReadOnlySpan<byte> message) => _writer.TryWrite(WebSocketOpcode.Text, message);

    internal override void Close(int code) => _writer.TryWriteClose(code);

    internal override ValueTask DrainAsync(CancellationToken cancellationToken) => _writer.DrainAsync(cancellationToken);

    private static CdpClosedException Closed(WebSocketClose close)
    {
        int? code = close.Code == WebSocketCloseCode.None ? null : close.Code;
        return new CdpClosedException(
            close.Reason.Length > 0 ? $"Chrome closed the connection: {close.Reason} ({code})." : $"Chrome closed the connection ({close.Code}).", code);
    }
}
