using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Viper.Cdp.Frames;

/// <summary>Writes frames, masked where the role asks for it.</summary>
/// <remarks>
/// Safe for use by several threads; frames leave in the order of the calls, and those that come while a write is under way leave
/// together. Payloads are copied, so that the caller's memory is free when a call returns. Steady writing allocates nothing.
/// Completing the pipe is the caller's.
/// </remarks>
public sealed class WebSocketWriter
{
    private const int MaxReason = WebSocketFrameHeader.MaxControlLength - 2;

    private readonly OutgoingQueue _queue;
    private readonly MaskSource? _masks;
    private bool _isClosed;

    /// <summary>Makes a writer.</summary>
    /// <param name="output">Where the frames go, behind the handshake.</param>
    /// <param name="role">The side that writes.</param>
    /// <param name="failed">Told once, from any thread, when writing has failed; null for nobody.</param>
    public WebSocketWriter(PipeWriter output, WebSocketRole role, Action<Exception>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        _queue = new OutgoingQueue(output, failed);
        _masks = role == WebSocketRole.Client ? new MaskSource() : null;
    }

    /// <summary>Gets how many bytes wait for the transport to take them.</summary>
    public long UnsentBytes => _queue.UnsentBytes;

    /// <summary>Writes a frame; does not wait for the transport.</summary>
    /// <param name="opcode">The kind; <see cref="WebSocketOpcode.Continuation"/> for further fragments.</param>
    /// <param name="payload">The payload; at most 125 bytes for a ping or pong.</param>
    /// <param name="isFinal">False for a fragment that others follow.</param>
    /// <returns>False when a close frame has been written before, or writing has failed; nothing is sent then.</returns>
    /// <exception cref="ArgumentException">A control frame that is long or not final.</exception>
    public bool TryWrite(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, bool isFinal = true)
    {
        if (opcode >= WebSocketOpcode.Close && (!isFinal || payload.Length > WebSocketFrameHeader.MaxControlLength))
        {
            throw new ArgumentException("A control frame has at most 125 bytes and is never fragmented (RFC 6455, 5.5).", nameof(payload));
        }

        lock (_queue.Gate)
        {
            if (_isClosed || !_queue.IsOpen)
            {
                return false;
            }

            _isClosed = opcode == WebSocketOpcode.Close;
            var mask = _masks?.Next() ?? 0;
            var header = new WebSocketFrameHeader(isFinal, opcode, _masks is not null, mask, payload.Length);
            var target = _queue.Buffer.GetSpan(checked(WebSocketFrameHeader.MaxSize + payload.Length));
            var size = header.Write(target);
            WebSocketMask.Copy(payload, target[size..], mask);
            _queue.Buffer.Advance(size + payload.Length);
        }

        _queue.Start();
        return true;
    }

    /// <summary>Writes the close frame; what comes after it is not sent.</summary>
    /// <param name="code">The code; null for a frame without one.</param>
    /// <param name="reason">Why; cut at 123 bytes.</param>
    /// <returns>False when one has been written before, or writing has failed.</returns>
    public bool TryWriteClose(int? code, string? reason = null)
    {
        Span<byte> payload = stackalloc byte[WebSocketFrameHeader.MaxControlLength];
        if (code is not { } value)
        {
            return TryWrite(WebSocketOpcode.Close, []);
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(WebSocketCloseCode.IsSendable(value), true, nameof(code));
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)value);
        Encoding.UTF8.GetEncoder().Convert(reason, payload.Slice(2, MaxReason), flush: true, out _, out var length, out _);
        return TryWrite(WebSocketOpcode.Close, payload[..(2 + length)]);
    }

    /// <summary>Waits until what was written has been handed to the transport: a way to hold back who writes faster than is read.</summary>
    /// <exception cref="IOException">Writing failed.</exception>
    public ValueTask DrainAsync(CancellationToken cancellationToken = default) => _queue.DrainAsync(cancellationToken);
}
