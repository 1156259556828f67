using System.Globalization;
using System.Text;

namespace Viper.TestKit.Hypervisor;

/// <summary>A request as the stand-in reads it from a connection.</summary>
internal sealed record StandInRequest(string Method, string Target, string Body, bool Chunked)
{
    /// <summary>The next request, or null when the client has closed the connection.</summary>
    public static async Task<StandInRequest?> ReadAsync(Stream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        byte[] body = new byte[LengthOf(lines)];
        await stream.ReadExactlyAsync(body);
        bool chunked = lines.Any(line => line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase));
        return new StandInRequest(first[0], first[1], Encoding.UTF8.GetString(body), chunked);
    }

    private static int LengthOf(string[] lines)
    {
        const string Name = "Content-Length:";
        string? line = lines.FirstOrDefault(line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
    }
}
