using System.Text;

namespace Viper.Daemon.Relay;

/// <summary>The head of an agent's answer to a handshake.</summary>
internal sealed class AgentResponseHead
{
    internal const int MaxBytes = 16 * 1024;

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private AgentResponseHead(int status)
    {
        Status = status;
    }

    internal int Status { get; }

    internal string? this[string header] => _headers.GetValueOrDefault(header);

    /// <summary>Where a head ends in <paramref name="bytes"/>, the blank line included; -1 where it does not yet.</summary>
    internal static int EndOf(ReadOnlySpan<byte> bytes)
    {
        int at = bytes.IndexOf("\r\n\r\n"u8);
        return at < 0 ? -1 : at + 4;
    }

    /// <summary>Reads a whole head; null where it is not one.</summary>
    internal static AgentResponseHead? Parse(ReadOnlySpan<byte> bytes)
    {
        string[] lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        string[] status = lines[0].Split(' ', 3);
        if (status.Length < 2 || status[0] != "HTTP/1.1" || status[1].Length != 3 || !int.TryParse(status[1], out int code) || code is < 100 or > 599)
        {
            return null;
        }

        AgentResponseHead head = new(code);
        foreach (string line in lines.Skip(1).TakeWhile(l => l.Length > 0))
        {
            int colon = line.IndexOf(':');
            if (colon <= 0 || line[0] is ' ' or '\t')
            {
                return null;
            }

            head._headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return head;
    }
}
