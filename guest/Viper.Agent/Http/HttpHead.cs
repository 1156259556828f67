using System.Globalization;

namespace Viper.Agent.Http;

/// <summary>What requests and answers have in common: headers, and how long the body is.</summary>
internal abstract class HttpHead
{
    internal HttpHeaders Headers { get; } = new();

    internal bool IsChunked { get; private set; }

    /// <summary>Gets the length that the head names; null without one.</summary>
    internal long? ContentLength { get; private set; }

    internal bool HasBody => IsChunked || ContentLength > 0;

    internal bool ClosesConnection => Headers.HasToken("Connection", "close");

    /// <summary>Reads what the headers say about the body; ambiguity is a fault (RFC 9112, 6.3 and 11.2).</summary>
    internal HttpFault? ReadFraming()
    {
        var encoding = Headers["Transfer-Encoding"];
        var length = Headers["Content-Length"];
        if (encoding is not null)
        {
            if (length is not null)
            {
                return HttpFault.Malformed("The message has both Content-Length and Transfer-Encoding.");
            }

            if (!encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            {
                return new HttpFault(501, "validation_failed", "The only transfer coding that is understood is chunked.");
            }

            IsChunked = true;
            return null;
        }

        if (length is null)
        {
            return null;
        }

        if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return HttpFault.Malformed("Content-Length is not one number.");
        }

        ContentLength = value;
        return null;
    }
}
