using System.Text;

namespace Viper.Agent.Browser;

/// <summary>Finds Chrome's <c>DevTools listening on ws://…</c> in its output, which comes in pieces of any size.</summary>
internal sealed class ListeningLine
{
    private const int MaxLine = 512;

    private readonly byte[] _line = new byte[MaxLine];
    private int _length;
    private bool _skipping;

    private static ReadOnlySpan<byte> Prefix => "DevTools listening on "u8;

    /// <summary>Takes the next piece; returns the address when its line is complete.</summary>
    internal string? Add(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var end = data.IndexOf((byte)'\n');
            Append(end < 0 ? data : data[..end]);
            if (end < 0)
            {
                return null;
            }

            data = data[(end + 1)..];
            var address = Address();
            _length = 0;
            _skipping = false;
            if (address is not null)
            {
                return address;
            }
        }

        return null;
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (_skipping || part.Length > MaxLine - _length)
        {
            // Longer than any line of interest.
            _skipping = true;
            return;
        }

        part.CopyTo(_line.AsSpan(_length));
        _length += part.Length;
    }

    private string? Address()
    {
        var line = _line.AsSpan(0, _length);
        return !_skipping && line.StartsWith(Prefix) ? Encoding.ASCII.GetString(line[Prefix.Length..].TrimEnd((byte)'\r')) : null;
    }
}
