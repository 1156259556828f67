using System.Globalization;
using System.Text;

namespace Viper.Agent.Files;

/// <summary>Writes a tar archive; names are bytes. One entry after the other.</summary>
internal sealed class TarWriter(Stream target)
{
    private static readonly byte[] s_zeros = new byte[TarFormat.BlockSize * 2];

    /// <summary>Writes the header of an entry; so many bytes, and <see cref="PadAsync"/>, are to follow.</summary>
    internal async Task BeginAsync(byte type, byte[] name, long size, FileStatus status, uint user, byte[] link, CancellationToken cancellationToken)
    {
        var records = new List<byte>();
        AddRecord(records, "path"u8, name, name.Length > TarFormat.NameSize);
        AddRecord(records, "linkpath"u8, link, link.Length > TarFormat.NameSize);
        AddRecord(records, "size"u8, Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture)), size > TarFormat.MaxOctal);
        if (records.Count > 0)
        {
            await target.WriteAsync(Header(TarFormat.Extended, "PaxHeader"u8, records.Count, status, user, []), cancellationToken);
            await target.WriteAsync(records.ToArray(), cancellationToken);
            await PadAsync(records.Count, cancellationToken);
        }

        await target.WriteAsync(Header(type, name, size > TarFormat.MaxOctal ? 0 : size, status, user, link), cancellationToken);
    }

    /// <summary>Writes of an entry's bytes.</summary>
    internal ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => target.WriteAsync(data, cancellationToken);

    /// <summary>Fills up the last block of so many bytes.</summary>
    internal ValueTask PadAsync(long size, CancellationToken cancellationToken) => target.WriteAsync(s_zeros.AsMemory(0, (int)TarFormat.Padding(size)), cancellationToken);

    /// <summary>Writes what ends an archive.</summary>
    internal ValueTask EndAsync(CancellationToken cancellationToken) => target.WriteAsync(s_zeros, cancellationToken);

    private static byte[] Header(byte type, ReadOnlySpan<byte> name, long size, FileStatus status, uint user, ReadOnlySpan<byte> link)
    {
        var header = new byte[TarFormat.BlockSize];
        name[..Math.Min(name.Length, TarFormat.NameSize)].CopyTo(header);
        Octal(header.AsSpan(TarFormat.ModeAt, TarFormat.ShortSize), status.Permissions);
        Octal(header.AsSpan(TarFormat.UserAt, TarFormat.ShortSize), user);
        Octal(header.AsSpan(TarFormat.GroupAt, TarFormat.ShortSize), user);
        Octal(header.AsSpan(TarFormat.SizeAt, TarFormat.LongSize), size);
        Octal(header.AsSpan(TarFormat.TimeAt, TarFormat.LongSize), Math.Clamp(status.ModifiedAt.ToUnixTimeSeconds(), 0, TarFormat.MaxOctal));
        header[TarFormat.TypeAt] = type;
        link[..Math.Min(link.Length, TarFormat.NameSize)].CopyTo(header.AsSpan(TarFormat.LinkAt));
        "ustar\0"u8.CopyTo(header.AsSpan(TarFormat.MagicAt));
        "00"u8.CopyTo(header.AsSpan(TarFormat.MagicAt + 6));
        Octal(header.AsSpan(TarFormat.SumAt, TarFormat.ShortSize - 1), TarFormat.Sum(header));
        header[TarFormat.SumAt + TarFormat.ShortSize - 1] = (byte)' ';
        return header;
    }

    // Digits, and a NUL behind them.
    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    // record = length SP keyword "=" value LF, the length counting itself
    private static void AddRecord(List<byte> records, ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> value, bool isNeeded)
    {
        if (!isNeeded)
        {
            return;
        }

        var rest = keyword.Length + value.Length + 3;
        var length = rest + 1;
        while (length != rest + Digits(length))
        {
            length = rest + Digits(length);
        }

        records.AddRange(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} ")));
        records.AddRange(keyword);
        records.Add((byte)'=');
        records.AddRange(value);
        records.Add((byte)'\n');

        static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
    }
}
