using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Tests.Protocol;

public sealed class MessageWriterTests
{
    [Fact]
    public void SetUp_OneLink_WritesTheBytesThatIpSends()
    {
        // strace -e sendmsg ip link set dev lo up, with the sequence number set to 7.
        byte[] expected = Convert.FromHexString("20000000" + "1000" + "0500" + "07000000" + "00000000" + "00000000" + "01000000" + "01000000" + "01000000");
        byte[] buffer = new byte[64];
        MessageWriter writer = new(buffer);

        writer.BeginMessage(
            LinkConstants.RTM_NEWLINK,
            NetlinkConstants.NLM_F_REQUEST | NetlinkConstants.NLM_F_ACK,
            7,
            new ifinfomsg { ifi_index = 1, ifi_flags = 1, ifi_change = 1 });
        writer.EndMessage();

        Assert.Equal(expected, writer.Written.ToArray());
    }

    [Fact]
    public void AttributeText_ThreeLetters_IsClosedAndPaddedWithZeros()
    {
        byte[] buffer = new byte[16];
        buffer.AsSpan().Fill(0xff);
        MessageWriter writer = new(buffer);

        writer.AttributeText(3, "abcd");

        Assert.Equal(Convert.FromHexString("0900030061626364" + "00000000"), writer.Written.ToArray());
    }

    [Fact]
    public void EndNest_OneInner_PatchesTheLengthAndMarksTheNest()
    {
        byte[] buffer = new byte[32];
        MessageWriter writer = new(buffer);

        int nest = writer.BeginNest(18);
        writer.AttributeUInt32BigEndian(1, 0x01020304);
        writer.EndNest(nest);

        Assert.Equal(Convert.FromHexString("0c001280" + "0800010001020304"), writer.Written.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void Attribute_BufferTooSmall_Throws(int size)
    {
        byte[] buffer = new byte[size];
        Assert.Throws<ArgumentException>(() =>
        {
            MessageWriter writer = new(buffer);
            writer.AttributeUInt32(1, 1);
        });
    }

    [Fact]
    public void Attribute_LongerThanItsLengthFieldCanSay_Throws()
    {
        byte[] buffer = new byte[200_000];
        Assert.Throws<ArgumentException>(() =>
        {
            MessageWriter writer = new(buffer);
            writer.Attribute(1, new byte[65_532]);
        });
    }

    [Fact]
    public void EndNest_LongerThanItsLengthFieldCanSay_Throws()
    {
        byte[] buffer = new byte[200_000];
        Assert.Throws<ArgumentException>(() =>
        {
            MessageWriter writer = new(buffer);
            int nest = writer.BeginNest(1);
            writer.Attribute(1, new byte[60_000]);
            writer.Attribute(1, new byte[60_000]);
            writer.EndNest(nest);
        });
    }
}
