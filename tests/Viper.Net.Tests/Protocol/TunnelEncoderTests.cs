using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net.Tests.Protocol;

public sealed class TunnelEncoderTests
{
    [Theory]
    [InlineData(false, "8100")]
    [InlineData(true, "88a8")]
    public void WriteVlan_Tag_IsWhatIpSends(bool service, string protocol)
    {
        // ip link add link if2 name v5 type vlan id 5 [protocol 802.1ad], as strace -e sendmsg shows it.
        string expected = "54000000" + "1000" + "0500" + "00000000" + "00000000"
            + "00000000" + "00000000" + "00000000" + "00000000"
            + "0700" + "0300" + "763500" + "00"
            + "0800" + "0500" + "02000000"
            + "2400" + "1280"
            + "0900" + "0100" + "766c616e00" + "000000"
            + "1400" + "0280"
            + "0600" + "0100" + "0500" + "0000"
            + "0600" + "0500" + protocol + "0000";
        byte[] buffer = new byte[128];
        MessageWriter writer = new(buffer);

        TunnelEncoder.WriteVlan(ref writer, NetlinkConstants.NLM_F_REQUEST | NetlinkConstants.NLM_F_ACK, "v5", 2, 5, service);
        writer.EndMessage();

        Assert.Equal(expected, Convert.ToHexStringLower(writer.Written));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    public void WriteVlan_TagOutOfRange_IsMisuse(int id) => Assert.Throws<ArgumentOutOfRangeException>(() =>
    {
        MessageWriter writer = new(new byte[128]);
        TunnelEncoder.WriteVlan(ref writer, 0, "v5", 2, id, false);
    });
}
