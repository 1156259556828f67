using System.Buffers;
using System.Buffers.Text;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Frames one HTTP/1.1 response as Cloud Hypervisor writes it.</summary>
/// <remarks>
/// Its server sends a Content-Length or no body at all, never chunks; the reason phrase is empty. A response without
/// Content-Length therefore has no body.
/// </remarks>
internal static class HttpResponseReader
{
    /// <summary>The most bytes of status line and headers.</summary>
    public const int HeadLimit = 8 * 1024;

    /// <summary>The most bytes of a body.</summary>
    public const int BodyLimit = 4 * 1024 * 1024;

    /// <summary>Reads a response from the start of the bytes.</summary>
    /// <returns>Done, NeedMoreData when the bytes are only a beginning, or InvalidData.</returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> bytes, out HttpResponse response, out int consumed)
    {
        response = default;
        consumed = 0;
        int headEnd = bytes.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
        {
            return bytes.Length > HeadLimit || !IsBeginning(bytes) ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
        }

        if (headEnd > HeadLimit || !TryReadStatus(bytes[..headEnd], out int status)
            || !TryReadHeaders(bytes[..headEnd], out int length, out bool keepAlive))
        {
            return OperationStatus.InvalidData;
        }

        int bodyStart = headEnd + 4;
        if (bytes.Length - bodyStart < length)
        {
            return OperationStatus.NeedMoreData;
        }

        response = new HttpResponse(status, bytes.Slice(bodyStart, length).ToArray(), keepAlive);
        consumed = bodyStart + length;
        return OperationStatus.Done;
    }

    private static bool IsBeginning(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> protocol = "HTTP/1."u8;
        int known = Math.Min(bytes.Length, protocol.Length);
        return bytes[..known].SequenceEqual(protocol[..known]);
    }

    // HTTP/1.1 204 CRLF, with or without the space and a phrase.
    private static bool TryReadStatus(ReadOnlySpan<byte> head, out int status)
    {
        status = 0;
        return head.Length >= 12 && (head.StartsWith("HTTP/1.1 "u8) || head.StartsWith("HTTP/1.0 "u8))
            && Utf8Parser.TryParse(head.Slice(9, 3), out status, out int used) && used == 3 && status is >= 100 and <= 599;
    }

    private static bool TryReadHeaders(ReadOnlySpan<byte> head, out int length, out bool keepAlive)
    {
        length = 0;
        keepAlive = true;
        int line = head.IndexOf("\r\n"u8);
        while (line >= 0)
        {
            head = head[(line + 2)..];
            line = head.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> header = line < 0 ? head : head[..line];
            int colon = header.IndexOf((byte)':');
            if (colon <= 0)
            {
                return false;
            }

            ReadOnlySpan<byte> name = header[..colon];
            ReadOnlySpan<byte> value = header[(colon + 1)..].Trim((byte)' ');
            if (System.Text.Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                if (!Utf8Parser.TryParse(value, out length, out int used) || used != value.Length || length is < 0 or > BodyLimit)
                {
                    return false;
                }
            }
            else if (System.Text.Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
            {
                return false;
            }
            else if (System.Text.Ascii.EqualsIgnoreCase(name, "connection"u8))
            {
                keepAlive = !System.Text.Ascii.EqualsIgnoreCase(value, "close"u8);
            }
        }

        return true;
    }
}
