using System.Buffers.Text;
using Viper.Agent.Actions;

namespace Viper.Agent.Files;

/// <summary>Reads a tar archive as it comes: ustar, with the long names of pax and of GNU; names are bytes. One entry after the other.</summary>
internal sealed class TarReader(Stream source)
{
    /// <summary>How large the records before an entry may be: names of the kernel's length have room.</summary>
    private const int MaxRecords = 64 * 1024;

    private readonly byte[] _header = new byte[TarFormat.BlockSize];
    private long _left;
    private long _padding;

    /// <summary>Reads the next entry's header; null at the end. What was not read of the entry before is passed over.</summary>
    /// <exception cref="ActionException">It is no archive of a kind that is known.</exception>
    internal async Task<TarEntry?> NextAsync(CancellationToken cancellationToken)
    {
        byte[]? name = null, link = null;
        long? size = null;
        while (true)
        {
            await SkipAsync(cancellationToken);
            var count = await source.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, cancellationToken);
            if (count == 0 || _header.AsSpan(0, count).IndexOfAnyExcept((byte)0) < 0)
            {
                return null;
            }

            if (count < _header.Length || TarFormat.Sum(_header) != Number(TarFormat.SumAt, TarFormat.ShortSize))
            {
                throw Malformed("a header's checksum is not right, or the archive ends early");
            }

            var type = _header[TarFormat.TypeAt] is 0 or (byte)'7' ? TarFormat.File : _header[TarFormat.TypeAt];
            _left = size ?? Number(TarFormat.SizeAt, TarFormat.LongSize);
            switch (type)
            {
                case (byte)'L':
                    name = TrimEnd(await ReadRecordsAsync(cancellationToken));
                    continue;
                case (byte)'K':
                    link = TrimEnd(await ReadRecordsAsync(cancellationToken));
                    continue;
                case TarFormat.Extended:
                    (name, link, size) = Records(await ReadRecordsAsync(cancellationToken), name, link);
                    continue;
                case (byte)'g':
                    await ReadRecordsAsync(cancellationToken);
                    continue;
            }

            // Only files have bytes behind them.
            _left = type == TarFormat.File ? _left : 0;
            _padding = TarFormat.Padding(_left);
            return new TarEntry(
                type,
                name ?? FullName(),
                link ?? Text(TarFormat.LinkAt, TarFormat.NameSize),
                _left,
                (uint)(Number(TarFormat.ModeAt, TarFormat.ShortSize) & 0x1ff),
                Number(TarFormat.TimeAt, TarFormat.LongSize));
        }
    }

    /// <summary>Reads of the entry's bytes; 0 at their end.</summary>
    internal async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_left == 0)
        {
            return 0;
        }

        var count = await source.ReadAsync(buffer[..(int)Math.Min(_left, buffer.Length)], cancellationToken);
        _left -= count;
        return count > 0 ? count : throw Malformed("it ends early");
    }

    private async Task SkipAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[Math.Min(_left + _padding, 64 * 1024)];
        for (_left += _padding; _left > 0;)
        {
            await ReadAsync(rest, cancellationToken);
        }

        _padding = 0;
    }

    private async Task<byte[]> ReadRecordsAsync(CancellationToken cancellationToken)
    {
        if (_left > MaxRecords)
        {
            throw Malformed($"the records before an entry are larger than {MaxRecords} bytes");
        }

        _padding = TarFormat.Padding(_left);
        var records = new byte[_left];
        for (var at = 0; at < records.Length;)
        {
            at += await ReadAsync(records.AsMemory(at), cancellationToken);
        }

        return records;
    }

    // record = length SP keyword "=" value LF, the length counting itself
    private static (byte[]? Name, byte[]? Link, long? Size) Records(ReadOnlySpan<byte> records, byte[]? name, byte[]? link)
    {
        long? size = null;
        while (!records.IsEmpty)
        {
            if (!Utf8Parser.TryParse(records, out int length, out var digits) || length <= digits + 1 || length > records.Length)
            {
                throw Malformed("a record before an entry has a wrong length");
            }

            var record = records[(digits + 1)..(length - 1)];
            records = records[length..];
            var equals = record.IndexOf((byte)'=');
            var value = equals < 0 ? default : record[(equals + 1)..];
            switch (equals < 0 ? record : record[..equals])
            {
                case var keyword when keyword.SequenceEqual("path"u8):
                    name = value.ToArray();
                    break;
                case var keyword when keyword.SequenceEqual("linkpath"u8):
                    link = value.ToArray();
                    break;
                case var keyword when keyword.SequenceEqual("size"u8):
                    size = Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length && number >= 0
                        ? number
                        : throw Malformed("a record before an entry has a size that is no number");
                    break;
            }
        }

        return (name, link, size);
    }

    private byte[] FullName()
    {
        var name = Text(0, TarFormat.NameSize);
        var isPosix = _header.AsSpan(TarFormat.MagicAt, 6).SequenceEqual("ustar\0"u8);
        return isPosix && Text(TarFormat.PrefixAt, TarFormat.PrefixSize) is { Length: > 0 } prefix ? [.. prefix, (byte)'/', .. name] : name;
    }

    private byte[] Text(int at, int size) => TrimEnd(_header.AsSpan(at, size));

    private static byte[] TrimEnd(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)0);
        return (end < 0 ? text : text[..end]).ToArray();
    }

    // Octal digits among spaces and NULs; or, as GNU has it, a binary number behind the byte 0x80.
    private long Number(int at, int size)
    {
        var field = _header.AsSpan(at, size);
        long number = 0;
        if (field[0] == 0x80)
        {
            foreach (var octet in field[1..])
            {
                number = number <= (long.MaxValue >> 8) ? (number << 8) | octet : throw Malformed("a number of a header is too large");
            }

            return number;
        }

        foreach (var octet in field.Trim(" \0"u8))
        {
            number = octet is >= (byte)'0' and <= (byte)'7' ? (number << 3) | (uint)(octet - '0') : throw Malformed("a number of a header is none");
        }

        return number;
    }

    private static ActionException Malformed(string reason) => new(422, "archive_invalid", $"The body is no tar archive that can be unpacked: {reason}.");
}
