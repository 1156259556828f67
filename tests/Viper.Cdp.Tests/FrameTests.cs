using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Viper.Cdp.Frames;
using Viper.Cdp.Protocol;

namespace Viper.Cdp.Tests;

public sealed class FrameTests
{
    public static TheoryData<byte[], long, int> Headers() => new()
    {
        { [0x81, 5], 5, 2 },
        { [0x81, 126, 1, 0], 256, 4 },
        { [0x81, 127, 0, 0, 0, 0, 1, 0, 0, 0], 16777216, 10 },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void TryRead_EveryPrefix_NeedsMoreDataUntilWhole(byte[] bytes, long length, int size)
    {
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, FrameHeader.TryRead(bytes.AsSpan(0, cut), out _, out _));
        }

        Assert.Equal(OperationStatus.Done, FrameHeader.TryRead(bytes, out var header, out var consumed));
        Assert.Equal(((ulong)length, size, true, Opcode.Text), (header.Length, consumed, header.IsFinal, header.Opcode));
    }

    [Fact]
    public void TryRead_RandomBytes_NeverThrowsNorReadsTooFar()
    {
        var random = new Random(20261120);
        var bytes = new byte[FrameHeader.MaxSize];
        for (var round = 0; round < 100_000; round++)
        {
            random.NextBytes(bytes);
            var data = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            var status = FrameHeader.TryRead(data, out var header, out var consumed);
            Assert.True(status == OperationStatus.Done ? consumed <= data.Length && header.Length <= long.MaxValue : consumed == 0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void WriteHeader_EachLengthForm_IsReadBackAsMasked(int length)
    {
        var header = new byte[FrameWriter.MaxHeaderSize];

        var size = FrameWriter.WriteHeader(header, Opcode.Text, length, 0x04030201);

        Assert.Equal([1, 2, 3, 4], header[(size - 4)..size]);
        Assert.Equal(0x80, header[1] & 0x80);
        header[1] &= 0x7f;
        Assert.Equal(OperationStatus.Done, FrameHeader.TryRead(header.AsSpan(0, size - 4), out var read, out var consumed));
        Assert.Equal(((ulong)length, size - 4), (read.Length, consumed));
    }

    [Fact]
    public void Mask_EveryLengthUpTo100_IsThatOfTheSpecification()
    {
        byte[] mask = [0x11, 0x22, 0x33, 0x44];
        for (var length = 0; length <= 100; length++)
        {
            var payload = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            var expected = payload.Select((octet, i) => (byte)(octet ^ mask[i % 4])).ToArray();

            FrameWriter.Mask(payload, BitConverter.ToUInt32(mask));

            Assert.Equal(expected, payload);
        }
    }

    [Fact]
    public void Hash_EveryAllowedLength_IsThatOfThePlatform()
    {
        var digest = new byte[Sha1.Size];
        for (var length = 0; length <= 119; length++)
        {
            var text = Enumerable.Range(0, length).Select(i => (byte)(i * 31)).ToArray();
            Sha1.Hash(text, digest);
            Assert.Equal(SHA1.HashData(text), digest);
        }
    }

    [Fact]
    public void Hash_TooLong_IsAnArgumentError() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sha1.Hash(new byte[120], new byte[Sha1.Size]));

    [Fact]
    public void Accept_KeyOfTheSpecification_GivesItsValue() => // RFC 6455, 1.3
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.Accept("dGhlIHNhbXBsZSBub25jZQ=="));

    [Fact]
    public void Read_EveryPrefixOfAMessage_ThrowsJsonException()
    {
        var message = Encoding.UTF8.GetBytes("""{"id":7,"sessionId":"s","result":{"a":[1,{"b":"ü"}],"c":null}}""");
        for (var cut = 0; cut < message.Length; cut++)
        {
            Assert.ThrowsAny<JsonException>(() => IncomingMessage.Read(message.AsSpan(0, cut)));
        }

        Assert.Equal((7, "s"), (IncomingMessage.Read(message).Id, IncomingMessage.Read(message).SessionId));
    }

    [Fact]
    public void Read_MutatedMessages_GiveAMessageOrJsonException()
    {
        var original = Encoding.UTF8.GetBytes("""{"method":"A.b","sessionId":"s","params":{"a":[1,{"b":"ü"}],"id":1},"id":12}""");
        var random = new Random(156);
        for (var round = 0; round < 50_000; round++)
        {
            var message = (byte[])original.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            try
            {
                IncomingMessage.Read(message);
            }
            catch (JsonException)
            {
                // The one failure that the receive loop expects.
            }
        }
    }
}
