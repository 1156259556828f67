using System.Buffers;
using System.Buffers.Text;
using Viper.Cdp.Domains;

namespace Viper.Cdp;

/// <content>Chrome's own streams.</content>
public sealed partial class CdpSession
{
    private const int StreamStep = 256 * 1024;

    /// <summary>Reads one of Chrome's streams (PDF, traces) to its end, piece by piece, and closes it.</summary>
    /// <param name="handle">The stream (<c>IO.StreamHandle</c>).</param>
    /// <param name="destination">Where it is written; it stays the caller's.</param>
    /// <param name="cancellationToken">Ends the reading; the stream is then left to Chrome.</param>
    /// <returns>How many bytes it had.</returns>
    /// <exception cref="CdpProtocolException">There is no such stream, or a piece of it cannot be decoded.</exception>
    public async Task<long> CopyStreamAsync(string handle, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(handle);
        ArgumentNullException.ThrowIfNull(destination);
        long total = 0;
        var isAtEnd = false;
        while (!isAtEnd)
        {
            using var reply = await SendAsync(new IO.ReadCommand { Handle = handle, Size = StreamStep }, cancellationToken).ConfigureAwait(false);
            var (buffer, length) = Decode(reply, out isAtEnd);
            try
            {
                await destination.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            total += length;
        }

        await IO.CloseAsync(handle, cancellationToken).ConfigureAwait(false);
        return total;
    }

    /// <summary>Decodes a piece into pooled memory.</summary>
    private static (byte[] Buffer, int Length) Decode(CdpReply reply, out bool isAtEnd)
    {
        var view = new IO.ReadResultView(reply.Result);
        isAtEnd = view.Eof == true;
        var text = view.Data.Utf8;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, text.Length));
        var length = view.Base64Encoded == true
            ? Base64.DecodeFromUtf8(text.Length > 1 ? text[1..^1] : default, buffer, out _, out var decoded) == OperationStatus.Done ? decoded : -1
            : view.Data.CopyText(buffer);
        if (length >= 0)
        {
            return (buffer, length);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        throw new CdpProtocolException("IO.read", 0, "a piece of the stream cannot be decoded", null);
    }
}
