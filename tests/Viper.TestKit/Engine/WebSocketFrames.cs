using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Viper.TestKit.Engine;

/// <summary>WebSocket frames by hand (RFC 6455 §5.2), for tests that care about the bytes.</summary>
public static class WebSocketFrames
{
    /// <summary>A frame; masked with zeros-and-ones where a client sends it.</summary>
    public static byte[] Make(byte opcode, ReadOnlySpan<byte> payload, bool isMasked, bool isFinal = true)
    {
        using MemoryStream frame = new();
        frame.WriteByte((byte)((isFinal ? 0x80 : 0) | opcode));
        byte mask = (byte)(isMasked ? 0x80 : 0);
        Span<byte> length = stackalloc byte[8];
        switch (payload.Length)
        {
            case < 126:
                frame.WriteByte((byte)(mask | payload.Length));
                break;
            case <= ushort.MaxValue:
                frame.WriteByte((byte)(mask | 126));
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
                frame.Write(length[..2]);
                break;
            default:
                frame.WriteByte((byte)(mask | 127));
                BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
                frame.Write(length);
                break;
        }

        byte[] body = payload.ToArray();
        if (isMasked)
        {
            byte[] key = [0x12, 0x34, 0x56, 0x78];
            frame.Write(key);
            for (int i = 0; i < body.Length; i++)
            {
                body[i] ^= key[i % 4];
            }
        }

        frame.Write(body);
        return frame.ToArray();
    }

    /// <summary>Reads one frame: its first byte and its payload, unmasked; null at the end of the stream before one.</summary>
    public static async Task<(byte Head, byte[] Payload)?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellationToken) < 2)
        {
            return null;
        }

        ulong length = (ulong)(head[1] & 0x7F);
        if (length >= 126)
        {
            byte[] extended = new byte[length == 126 ? 2 : 8];
            await stream.ReadExactlyAsync(extended, cancellationToken);
            length = extended.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : BinaryPrimitives.ReadUInt64BigEndian(extended);
        }

        byte[] key = new byte[(head[1] & 0x80) != 0 ? 4 : 0];
        await stream.ReadExactlyAsync(key, cancellationToken);
        byte[] payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        for (int i = 0; key.Length > 0 && i < payload.Length; i++)
        {
            payload[i] ^= key[i % 4];
        }

        return (head[0], payload);
    }

    /// <summary>The accept value that belongs to a key.</summary>
    public static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // The protocol's own.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
