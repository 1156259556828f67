using System.Text;
using System.Text.Unicode;

namespace Viper.Cdp.Frames;

/// <summary>Tells whether a text that comes in pieces is UTF-8; a character may lie across pieces.</summary>
internal struct Utf8Validator
{
    private const int MaxLength = 4;

    // The first bytes of a character whose rest is still to come, lowest byte first.
    private uint _begun;
    private int _count;

    /// <summary>Gets a value indicating whether no character has begun that has not ended.</summary>
    internal readonly bool IsComplete => _count == 0;

    /// <summary>Takes the next piece.</summary>
    /// <returns>False when the text cannot be UTF-8 any more.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> piece)
    {
        if (_count > 0 && !TryFinish(ref piece))
        {
            return false;
        }

        if (_count > 0 || Utf8.IsValid(piece))
        {
            return true;
        }

        var tail = TailLength(piece);
        if (tail == 0 || !Utf8.IsValid(piece[..^tail]))
        {
            return false;
        }

        foreach (var octet in piece[^tail..])
        {
            _begun |= (uint)octet << (8 * _count++);
        }

        return true;
    }

    /// <summary>The number of bytes at the end that are the beginning of a character, and not all of it; 0 when there is none.</summary>
    private static int TailLength(ReadOnlySpan<byte> piece)
    {
        for (var length = 1; length < MaxLength && length <= piece.Length; length++)
        {
            if (Rune.DecodeFromUtf8(piece[^length..], out _, out var consumed) == System.Buffers.OperationStatus.NeedMoreData && consumed == length)
            {
                return length;
            }
        }

        return 0;
    }

    private bool TryFinish(ref ReadOnlySpan<byte> piece)
    {
        Span<byte> whole = stackalloc byte[MaxLength];
        while (piece.Length > 0)
        {
            for (var i = 0; i < _count; i++)
            {
                whole[i] = (byte)(_begun >> (8 * i));
            }

            whole[_count] = piece[0];
            var status = Rune.DecodeFromUtf8(whole[..(_count + 1)], out _, out _);
            if (status == System.Buffers.OperationStatus.InvalidData)
            {
                return false;
            }

            _begun |= (uint)piece[0] << (8 * _count++);
            piece = piece[1..];
            if (status == System.Buffers.OperationStatus.Done)
            {
                _begun = 0;
                _count = 0;
                break;
            }
        }

        return true;
    }
}
