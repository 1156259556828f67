using System.Globalization;

namespace Viper.Agent.Files;

/// <summary>The part of a file that a Range header asks for (RFC 9110, 14).</summary>
internal readonly record struct ByteRange(long Begin, long Length)
{
    /// <summary>Reads the header; null for the whole file, which is also what stands for several parts or another unit.</summary>
    /// <param name="header">The header; null when there is none.</param>
    /// <param name="size">The file's size.</param>
    /// <param name="isBeyond">Whether nothing of the file is in the range.</param>
    internal static ByteRange? Parse(string? header, long size, out bool isBeyond)
    {
        isBeyond = false;
        const string Unit = "bytes=";
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = header.AsSpan(Unit.Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Contains(','))
        {
            return null;
        }

        var (first, last) = (Number(text[..dash]), Number(text[(dash + 1)..]));
        if ((first is null && last is null) || (dash > 0 && first is null) || (dash < text.Length - 1 && last is null) || last < first)
        {
            return null;
        }

        var begin = first ?? Math.Max(0, size - last!.Value);
        var end = first is null || last is null ? size : Math.Min(size, last.Value + 1);
        isBeyond = begin >= size || (first is null && last == 0);
        return new ByteRange(begin, Math.Max(0, end - begin));
    }

    private static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue ? number : null;
}
