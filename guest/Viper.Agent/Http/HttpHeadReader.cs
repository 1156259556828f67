using System.Buffers;
using System.Text;

namespace Viper.Agent.Http;

/// <summary>
/// Reads heads of HTTP/1.1 messages (RFC 9112) from plain bytes. Strict: lines end with CRLF, names are tokens,
/// values hold no control characters, nothing is folded, targets are in origin form.
/// </summary>
internal static class HttpHeadReader
{
    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Reads a request's head: whole (Done), not yet here (NeedMoreData), or not acceptable (InvalidData).</summary>
    internal static OperationStatus TryReadRequest(
        ReadOnlySpan<byte> data, out HttpRequestHead? head, out int consumed, out HttpFault? fault)
    {
        head = null;
        var status = TryFindEnd(data, out consumed, out fault);
        if (status != OperationStatus.Done)
        {
            return status;
        }

        var lines = data[..(consumed - 2)];
        fault = ReadRequestLine(NextLine(ref lines), out head) ?? ReadFields(lines, head!);
        if (fault is null && head!.Headers.CountOf("Host") != 1)
        {
            fault = HttpFault.Malformed("The request needs exactly one Host header.");
        }

        return fault is null ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    /// <summary>Reads an answer's head; as <see cref="TryReadRequest"/>.</summary>
    internal static OperationStatus TryReadResponse(
        ReadOnlySpan<byte> data, out HttpResponseHead? head, out int consumed, out HttpFault? fault)
    {
        head = null;
        var status = TryFindEnd(data, out consumed, out fault);
        if (status != OperationStatus.Done)
        {
            return status;
        }

        var lines = data[..(consumed - 2)];
        fault = ReadStatusLine(NextLine(ref lines), out head) ?? ReadFields(lines, head!);
        return fault is null ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    private static OperationStatus TryFindEnd(ReadOnlySpan<byte> data, out int end, out HttpFault? fault)
    {
        fault = null;
        var at = data[..Math.Min(data.Length, HttpLimits.HeadBytes)].IndexOf("\r\n\r\n"u8);
        end = at + 4;
        if (at >= 0)
        {
            return OperationStatus.Done;
        }

        end = 0;
        if (data.Length < HttpLimits.HeadBytes)
        {
            // A line that ends without CR never becomes a head: say so now instead of at the deadline.
            return HasBareLineFeed(data, out fault) ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
        }

        fault = new HttpFault(431, "validation_failed", $"The head is larger than {HttpLimits.HeadBytes} bytes.");
        return OperationStatus.InvalidData;
    }

    private static bool HasBareLineFeed(ReadOnlySpan<byte> data, out HttpFault? fault)
    {
        fault = null;
        var at = data.IndexOf((byte)'\n');
        if (at < 0 || (at > 0 && data[at - 1] == '\r'))
        {
            return false;
        }

        fault = HttpFault.Malformed("A line of the head does not end with CRLF.");
        return true;
    }

    // request-line = method SP request-target SP HTTP-version  (RFC 9112, 3)
    private static HttpFault? ReadRequestLine(ReadOnlySpan<byte> line, out HttpRequestHead? head)
    {
        head = null;
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first || line[..first].ContainsAnyExcept(s_token))
        {
            return HttpFault.Malformed("The first line is not a request line.");
        }

        var version = line[(last + 1)..];
        if (!version.SequenceEqual("HTTP/1.1"u8))
        {
            return version.StartsWith("HTTP/"u8)
                ? new HttpFault(505, "validation_failed", "Only HTTP/1.1 is spoken here.")
                : HttpFault.Malformed("The first line is not a request line.");
        }

        var target = line[(first + 1)..last];
        if (target.IsEmpty || target[0] != '/' || target.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            return HttpFault.Malformed("The request's target is not a path.");
        }

        head = new HttpRequestHead { Method = Encoding.ASCII.GetString(line[..first]), Target = Encoding.ASCII.GetString(target) };
        return null;
    }

    // status-line = HTTP-version SP status-code SP [ reason-phrase ]  (RFC 9112, 4)
    private static HttpFault? ReadStatusLine(ReadOnlySpan<byte> line, out HttpResponseHead? head)
    {
        head = null;
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || (line.Length > 12 && line[12] != ' ')
            || line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[9] == '0')
        {
            return HttpFault.Malformed("The first line is not a status line.");
        }

        head = new HttpResponseHead { Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + (line[11] - '0') };
        return null;
    }

    // field-line = field-name ":" OWS field-value OWS  (RFC 9112, 5)
    private static HttpFault? ReadFields(ReadOnlySpan<byte> lines, HttpHead head)
    {
        while (!lines.IsEmpty)
        {
            var line = NextLine(ref lines);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(s_token))
            {
                return HttpFault.Malformed("A line of the head is not a header.");
            }

            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (HasControl(value))
            {
                return HttpFault.Malformed("A header's value holds a control character.");
            }

            if (head.Headers.Count == HttpLimits.Headers)
            {
                return new HttpFault(431, "validation_failed", $"The head has more than {HttpLimits.Headers} headers.");
            }

            head.Headers.Add(Encoding.ASCII.GetString(line[..colon]), Encoding.Latin1.GetString(value));
        }

        return head.ReadFraming();
    }

    private static bool HasControl(ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            if ((octet < 0x20 && octet != '\t') || octet == 0x7f)
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> lines)
    {
        var end = lines.IndexOf("\r\n"u8);
        var line = lines[..end];
        lines = lines[(end + 2)..];
        return line;
    }
}
