using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Viper.Cdp.Frames;

/// <summary>Masks and unmasks payloads (RFC 6455, 5.3), as many bytes at once as the processor can.</summary>
public static class WebSocketMask
{
    /// <summary>Applies a mask in place.</summary>
    /// <param name="data">A payload or a piece of one.</param>
    /// <param name="mask">The mask, its first byte the lowest.</param>
    /// <param name="offset">Where in its frame's payload the piece begins.</param>
    public static void Apply(Span<byte> data, uint mask, long offset = 0) => Copy(data, data, mask, offset);

    /// <summary>Copies and applies a mask on the way.</summary>
    /// <param name="source">A payload or a piece of one.</param>
    /// <param name="target">Room for as many bytes; it may be the same memory.</param>
    /// <param name="mask">The mask, its first byte the lowest; 0 copies alone.</param>
    /// <param name="offset">Where in its frame's payload the piece begins.</param>
    public static void Copy(ReadOnlySpan<byte> source, Span<byte> target, uint mask, long offset = 0)
    {
        target = target[..source.Length];
        if (mask == 0)
        {
            source.CopyTo(target);
            return;
        }

        // Rotated, so that its lowest byte belongs to the piece's first.
        mask = BitOperations.RotateRight(mask, (int)(offset & 3) * 8);
        var at = 0;
        if (BitConverter.IsLittleEndian)
        {
            ref var from = ref MemoryMarshal.GetReference(source);
            ref var to = ref MemoryMarshal.GetReference(target);
            if (Vector256.IsHardwareAccelerated)
            {
                var pattern = Vector256.Create(mask).AsByte();
                for (; at <= source.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
                {
                    (Vector256.LoadUnsafe(ref from, (nuint)at) ^ pattern).StoreUnsafe(ref to, (nuint)at);
                }
            }

            var narrow = Vector128.Create(mask).AsByte();
            for (; at <= source.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
            {
                (Vector128.LoadUnsafe(ref from, (nuint)at) ^ narrow).StoreUnsafe(ref to, (nuint)at);
            }
        }

        for (; at < source.Length; at++)
        {
            target[at] = (byte)(source[at] ^ (byte)(mask >> (8 * (at & 3))));
        }
    }
}
