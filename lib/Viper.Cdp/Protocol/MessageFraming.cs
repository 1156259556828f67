using System.Buffers;

namespace Viper.Cdp.Protocol;

/// <summary>How messages lie in a stream of bytes.</summary>
internal abstract class MessageFraming
{
    /// <summary>Messages up to this many bytes come whole.</summary>
    internal const int WholeBytes = 16 * 1024;

    /// <summary>Gets how many bytes wait for the transport to take them.</summary>
    internal abstract long UnsentBytes { get; }

    /// <summary>Takes the next message or piece out of what was received; false when more is needed.</summary>
    /// <exception cref="Frames.CdpFrameException">The peer broke the rules or a limit.</exception>
    /// <exception cref="CdpClosedException">The peer has closed.</exception>
    internal abstract bool TryTake(ref ReadOnlySequence<byte> buffer, out MessagePiece piece);

    /// <summary>Writes a message; false when nothing can be sent any more.</summary>
    internal abstract bool TryWrite(ReadOnlySpan<byte> message);

    /// <summary>Says goodbye, with the code where the framing has one.</summary>
    internal abstract void Close(int code);

    /// <summary>Waits until what was written has been handed to the transport.</summary>
    internal abstract ValueTask DrainAsync(CancellationToken cancellationToken);
}
