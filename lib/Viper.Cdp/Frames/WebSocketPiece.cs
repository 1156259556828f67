using System.Buffers;

namespace Viper.Cdp.Frames;

/// <summary>A frame, or a piece of a long one, as it was received.</summary>
/// <remarks>The payload is a view of the receiver's memory, still masked if the header says so, and valid until the next read.</remarks>
/// <param name="Header">The frame's header.</param>
/// <param name="Offset">Where in the frame's payload the piece begins; 0 for the first one.</param>
/// <param name="Payload">The bytes.</param>
public readonly record struct WebSocketPiece(WebSocketFrameHeader Header, long Offset, ReadOnlySequence<byte> Payload)
{
    /// <summary>Gets a value indicating whether the piece is the first of its frame.</summary>
    public bool IsFirst => Offset == 0;

    /// <summary>Gets a value indicating whether the piece is the last of its frame.</summary>
    public bool IsLast => Offset + Payload.Length == Header.Length;

    /// <summary>Gets a value indicating whether the message ends with this piece.</summary>
    public bool EndsMessage => IsLast && Header.IsFinal && !Header.IsControl;

    /// <summary>Copies the payload, without its mask.</summary>
    /// <param name="target">Room for the payload.</param>
    public void CopyTo(Span<byte> target)
    {
        var offset = Offset;
        foreach (var memory in Payload)
        {
            WebSocketMask.Copy(memory.Span, target, Header.Mask, offset);
            target = target[memory.Length..];
            offset += memory.Length;
        }
    }
}
