using System.Buffers;
using System.IO.Pipelines;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Protocol;

/// <summary>Messages that end with a zero byte, as Chrome speaks them on the descriptors of <c>--remote-debugging-pipe</c>.</summary>
internal sealed class NulFraming : MessageFraming
{
    private readonly OutgoingQueue _queue;
    private readonly long _maxMessage;
    private long _taken;

    internal NulFraming(PipeWriter output, WebSocketLimits limits, Action<Exception> failed)
    {
        _queue = new OutgoingQueue(output, failed);
        _maxMessage = limits.MaxMessageBytes;
    }

    internal override long UnsentBytes => _queue.UnsentBytes;

    internal override bool TryTake(ref ReadOnlySequence<byte> buffer, out MessagePiece piece)
    {
        var end = buffer.PositionOf((byte)0);
        if (end is null && (buffer.IsEmpty || (_taken == 0 && buffer.Length < WholeBytes)))
        {
            piece = default;
            return false;
        }

        var bytes = buffer.Slice(0, end ?? buffer.End);
        buffer = end is { } at ? buffer.Slice(buffer.GetPosition(1, at)) : buffer.Slice(buffer.End);
        piece = new MessagePiece(bytes, _taken == 0, end is not null);
        _taken += bytes.Length;
        if (_taken > _maxMessage)
        {
            throw new CdpFrameException(WebSocketCloseCode.TooBig, $"sent a message larger than {_maxMessage} bytes");
        }

        _taken = end is null ? _taken : 0;
        return true;
    }

    internal override bool TryWrite(ReadOnlySpan<byte> message)
    {
        lock (_queue.Gate)
        {
            if (!_queue.IsOpen)
            {
                return false;
            }

            _queue.Buffer.Append(message);
            _queue.Buffer.Append([0]);
        }

        _queue.Start();
        return true;
    }

    internal override void Close(int code)
    {
        // The end of the descriptors is the goodbye.
    }

    internal override ValueTask DrainAsync(CancellationToken cancellationToken) => _queue.DrainAsync(cancellationToken);
}
