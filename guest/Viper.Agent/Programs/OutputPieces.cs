using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>Cuts a program's output into pieces that JSON can hold, and not within a character of UTF-8.</summary>
internal static class OutputPieces
{
    internal const int MaxPiece = 48 * 1024;

    private const int LongestCharacter = 4;

    /// <summary>Reads the piece from an offset on; an empty one where there is nothing, or only a part of a character that is still being written.</summary>
    /// <param name="log">The output.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="most">How many bytes to read at most.</param>
    /// <param name="isOver">Whether nothing more will be written.</param>
    internal static ProcessOutputPart Read(OutputLog log, long offset, int most, bool isOver)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var count = log.Read(offset, buffer.AsSpan(0, most), out var begin);
            var piece = buffer.AsSpan(0, count);
            var whole = piece[..WholeCharacters(piece)];
            if (whole.Length > 0 || !isOver)
            {
                piece = piece.Length - whole.Length < LongestCharacter && Utf8.IsValid(whole) ? whole : piece;
            }

            var (data, encoding) = Encode(piece);
            return new ProcessOutputPart
            {
                Offset = begin,
                NextOffset = begin + piece.Length,
                LostBytes = Math.Max(0, begin - offset),
                Data = data,
                Encoding = encoding,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static (string Data, OutputEncoding Encoding) Encode(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes)
        ? (Encoding.UTF8.GetString(bytes), OutputEncoding.Utf8)
        : (Convert.ToBase64String(bytes), OutputEncoding.Base64);

    /// <summary>Counts the bytes without those at the end that begin a character and do not finish it.</summary>
    internal static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back < LongestCharacter && back <= bytes.Length; back++)
        {
            var octet = bytes[^back];
            if ((octet & 0xc0) == 0xc0)
            {
                var length = octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : 2;
                return length > back ? bytes.Length - back : bytes.Length;
            }

            if (octet < 0x80)
            {
                break;
            }
        }

        return bytes.Length;
    }
}
