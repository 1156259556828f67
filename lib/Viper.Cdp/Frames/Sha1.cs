using System.Buffers.Binary;
using System.Numerics;

namespace Viper.Cdp.Frames;

/// <summary>
/// SHA-1 (RFC 3174) of a short text, for Sec-WebSocket-Accept alone, where it protects nothing. The platform's own
/// needs OpenSSL, which a guest's image does not hold.
/// </summary>
internal static class Sha1
{
    internal const int Size = 20;
    private const int Block = 64;

    /// <summary>Hashes at most 119 bytes, which fill two blocks.</summary>
    internal static void Hash(ReadOnlySpan<byte> text, Span<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, (2 * Block) - 9);
        Span<byte> padded = stackalloc byte[2 * Block];
        padded.Clear();
        text.CopyTo(padded);
        padded[text.Length] = 0x80;
        var length = text.Length + 9 > Block ? 2 * Block : Block;
        BinaryPrimitives.WriteUInt64BigEndian(padded[(length - 8)..length], (ulong)text.Length * 8);

        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        for (var at = 0; at < length; at += Block)
        {
            Mix(padded.Slice(at, Block), state);
        }

        for (var i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(i * 4)..], state[i]);
        }
    }

    private static void Mix(ReadOnlySpan<byte> block, Span<uint> state)
    {
        Span<uint> w = stackalloc uint[80];
        for (var t = 0; t < 16; t++)
        {
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(t * 4)..]);
        }

        for (var t = 16; t < 80; t++)
        {
            w[t] = BitOperations.RotateLeft(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        }

        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        for (var t = 0; t < 80; t++)
        {
            var (f, k) = t switch
            {
                < 20 => ((b & c) | (~b & d), 0x5A827999u),
                < 40 => (b ^ c ^ d, 0x6ED9EBA1u),
                < 60 => ((b & c) | (b & d) | (c & d), 0x8F1BBCDCu),
                _ => (b ^ c ^ d, 0xCA62C1D6u),
            };
            (a, b, c, d, e) = (BitOperations.RotateLeft(a, 5) + f + e + k + w[t], a, BitOperations.RotateLeft(b, 30), c, d);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
