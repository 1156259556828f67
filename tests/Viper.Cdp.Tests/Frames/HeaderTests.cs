using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

public sealed class HeaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(long.MaxValue)]
    public void Write_EveryLengthForm_ReadsBackFromTheWholeAndNotFromLess(long length)
    {
        foreach (var masked in new[] { false, true })
        {
            var header = new WebSocketFrameHeader(true, WebSocketOpcode.Text, masked, masked ? 0x44332211u : 0, length);
            var bytes = new byte[WebSocketFrameHeader.MaxSize];
            var size = header.Write(bytes);

            Assert.Equal(header.Size, size);
            for (var cut = 0; cut < size; cut++)
            {
                Assert.Equal(OperationStatus.NeedMoreData, WebSocketFrameHeader.TryRead(bytes.AsSpan(0, cut), out _));
            }

            Assert.Equal(OperationStatus.Done, WebSocketFrameHeader.TryRead(bytes.AsSpan(0, size), out var read));
            Assert.Equal(header, read);
        }
    }

    public static TheoryData<byte[]> Forbidden() => new(
        (byte[])[0xc1, 0], (byte[])[0xa1, 0], (byte[])[0x91, 0], // RSV1 to RSV3
        (byte[])[0x83, 0], (byte[])[0x87, 0], (byte[])[0x8b, 0], (byte[])[0x8f, 0], // reserved kinds
        (byte[])[0x09, 0], (byte[])[0x08, 0], (byte[])[0x89, 126, 0, 126], (byte[])[0x88, 127], // control frames, fragmented or long
        (byte[])[0x81, 126, 0, 125], (byte[])[0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff], // not the shortest form
        (byte[])[0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]); // the last: the top bit

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void TryRead_Forbidden_IsInvalid(byte[] bytes) =>
        Assert.Equal(OperationStatus.InvalidData, WebSocketFrameHeader.TryRead(bytes, out _));

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndDoneRoundTrips() =>
        Prop.ForAll<byte[]>(static bytes =>
        {
            if (WebSocketFrameHeader.TryRead(bytes, out var header) != OperationStatus.Done)
            {
                return true;
            }

            var again = new byte[WebSocketFrameHeader.MaxSize];
            return again.AsSpan(0, header.Write(again)).SequenceEqual(bytes.AsSpan(0, header.Size));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Copy_EveryLengthAndOffset_IsThatOfTheSpecification()
    {
        byte[] mask = [0x11, 0x22, 0x33, 0x44];
        for (var offset = 0; offset < 5; offset++)
        {
            for (var length = 0; length <= 150; length++)
            {
                var payload = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
                var expected = payload.Select((octet, i) => (byte)(octet ^ mask[(i + offset) % 4])).ToArray();

                WebSocketMask.Apply(payload, BitConverter.ToUInt32(mask), offset);

                Assert.Equal(expected, payload);
            }
        }
    }

    [Fact]
    public void Next_ManyMasks_AreNotTheSame()
    {
        var masks = new MaskSource();

        Assert.True(Enumerable.Range(0, 1000).Select(_ => masks.Next()).Distinct().Count() > 990);
    }
}
