using System.Text;

namespace Viper.Cli.Forwarding;

/// <summary>The head of an HTTP/1.1 request (RFC 9112 §3, §5): no folding, no bare line feeds, one Host.</summary>
internal sealed class HttpHead
{
    internal const int MaxBytes = 32 * 1024;

    private readonly Dictionary<string, List<string>> _headers = new(StringComparer.OrdinalIgnoreCase);

    private HttpHead(string method, string target)
    {
        Method = method;
        Target = target;
    }

    internal string Method { get; }

    /// <summary>The path and query.</summary>
    internal string Target { get; }

    /// <summary>The path alone, without a slash at its end unless it is one.</summary>
    internal string Path
    {
        get
        {
            int query = Target.IndexOf('?');
            string path = query < 0 ? Target : Target[..query];
            return path.Length > 1 ? path.TrimEnd('/') : path;
        }
    }

    /// <summary>The header's value; null where it is absent, joined by commas where it is repeated.</summary>
    internal string? this[string name] => _headers.TryGetValue(name, out List<string>? values) ? string.Join(", ", values) : null;

    /// <summary>Whether a comma-separated header has a token.</summary>
    internal bool Has(string name, string token) =>
        this[name]?.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase) == true;

    /// <summary>Where a head ends in <paramref name="bytes"/>, the blank line included; -1 where it does not yet.</summary>
    internal static int EndOf(ReadOnlySpan<byte> bytes)
    {
        int at = bytes.IndexOf("\r\n\r\n"u8);
        return at < 0 ? -1 : at + 4;
    }

    /// <summary>Reads a whole head; null where it is not one.</summary>
    internal static HttpHead? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~') && HasControl(bytes))
        {
            return null;
        }

        string[] lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        string[] request = lines[0].Split(' ');
        if (request.Length != 3 || request[2] != "HTTP/1.1" || request[0].Length == 0 || !request[0].All(char.IsAsciiLetterUpper) || !request[1].StartsWith('/'))
        {
            return null;
        }

        HttpHead head = new(request[0], request[1]);
        foreach (string line in lines.Skip(1).TakeWhile(l => l.Length > 0))
        {
            int colon = line.IndexOf(':');
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
            {
                return null;
            }

            head.Add(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
        }

        return head._headers.TryGetValue("Host", out List<string>? host) && host.Count == 1 ? head : null;
    }

    private void Add(string name, string value)
    {
        if (!_headers.TryGetValue(name, out List<string>? values))
        {
            _headers.Add(name, values = []);
        }

        values.Add(value);
    }

    // CR and LF only as a pair; of the other controls only the tab.
    private static bool HasControl(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'\r' when i + 1 < bytes.Length && bytes[i + 1] == '\n':
                    i++;
                    break;
                case (byte)'\t' or >= (byte)' ' and not 0x7F:
                    break;
                default:
                    return true;
            }
        }

        return false;
    }
}
