using System.Text;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Finds requests in bytes as the VMM's HTTP server does, with its buffer of 1,024 bytes and its limit of bodies.</summary>
/// <remarks>Bytes at fault end nothing: what was read with them is thrown away, and reading goes on as if they had not come.</remarks>
internal sealed class MicroHttpParser
{
    public const int BufferSize = 1024;

    private const int BodyLimit = 51_200;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _length;
    private string _method = "";
    private string _target = "";
    private MicroHttpHeaders? _headers;
    private MemoryStream? _body;
    private bool _continued;

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_length);

    /// <summary>Whether the client waits to be told to send its body; true once.</summary>
    public bool TakeContinue()
    {
        bool isWanted = _body is not null && (_headers?.ExpectsContinue ?? false) && !_continued;
        _continued |= isWanted;
        return isWanted;
    }

    /// <summary>The requests that are whole once these bytes have come.</summary>
    /// <exception cref="MicroHttpException">Something among them is at fault; requests before it in the same bytes are dropped.</exception>
    public List<MicroHttpRequest> Read(int count)
    {
        _length += count;
        int start = 0;
        List<MicroHttpRequest> requests = [];
        try
        {
            while (Step(ref start, requests))
            {
            }
        }
        catch (MicroHttpException)
        {
            _length = 0;
            throw;
        }

        _buffer.AsSpan(start.._length).CopyTo(_buffer);
        _length -= start;
        return requests;
    }

    private bool Step(ref int start, List<MicroHttpRequest> requests)
    {
        if (_body is not null)
        {
            return ReadBody(ref start, requests);
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(start.._length);
        int end = rest.IndexOf("\r\n"u8);
        if (end < 0)
        {
            return start == 0 && _length == BufferSize ? throw TooLong(rest) : false;
        }

        start += end + 2;
        string line = Encoding.UTF8.GetString(rest[..end]);
        if (_headers is null)
        {
            ReadRequestLine(line);
        }
        else if (line.Length > 0)
        {
            _headers.Add(line);
        }
        else
        {
            EndHeaders(requests);
        }

        return true;
    }

    private MicroHttpException TooLong(ReadOnlySpan<byte> rest) => _headers is null
        ? new MicroHttpException("Invalid request.")
        : new MicroHttpException($"Invalid header. Reason: Invalid content length. Header: {Encoding.UTF8.GetString(rest)}");

    private void ReadRequestLine(string line)
    {
        string[] parts = line.Split(' ', 3);
        if (parts.Length < 3)
        {
            throw new MicroHttpException("Invalid request.");
        }

        if (parts[0] is not ("GET" or "PUT" or "PATCH"))
        {
            throw new MicroHttpException("Invalid HTTP Method: Unsupported HTTP method.");
        }

        if (parts[1].Length == 0)
        {
            throw new MicroHttpException("Invalid URI: Empty URI not allowed.");
        }

        if (parts[2] is not ("HTTP/1.0" or "HTTP/1.1"))
        {
            throw new MicroHttpException("Invalid HTTP Version: Unsupported HTTP version.");
        }

        (_method, _target, _headers) = (parts[0], PathOf(parts[1]), new MicroHttpHeaders());
    }

    private static string PathOf(string target)
    {
        const string Scheme = "http://";
        if (!target.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return target;
        }

        int slash = target.IndexOf('/', Scheme.Length);
        return slash < 0 ? "" : target[slash..];
    }

    private void EndHeaders(List<MicroHttpRequest> requests)
    {
        MicroHttpHeaders headers = _headers!;
        if (headers.IsChunked)
        {
            _headers = null;
            throw new MicroHttpException("Invalid request.");
        }

        if (headers.ContentLength > BodyLimit)
        {
            throw new MicroHttpException(
                $"Request payload with size {headers.ContentLength} is larger than the limit of {BodyLimit} allowed by server.");
        }

        if (headers.ContentLength > 0)
        {
            (_body, _continued) = (new MemoryStream(), false);
            return;
        }

        requests.Add(new MicroHttpRequest(_method, _target, null));
        _headers = null;
    }

    private bool ReadBody(ref int start, List<MicroHttpRequest> requests)
    {
        int count = Math.Min(_length - start, _headers!.ContentLength - (int)_body!.Length);
        _body.Write(_buffer, start, count);
        start += count;
        if (_body.Length < _headers.ContentLength)
        {
            return false;
        }

        requests.Add(new MicroHttpRequest(_method, _target, _body.ToArray()));
        (_headers, _body) = (null, null);
        return true;
    }
}
