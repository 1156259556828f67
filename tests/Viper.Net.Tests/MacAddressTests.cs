namespace Viper.Net.Tests;

public sealed class MacAddressTests
{
    [Fact]
    public void Parse_Text_RoundTrips() => Assert.Equal("02:00:5e:00:53:0a", MacAddress.Parse("02:00:5E:00:53:0a").ToString());

    [Fact]
    public void ToByteArray_Parsed_IsInSendingOrder() => Assert.Equal([2, 0, 0x5e, 0, 0x53, 1], MacAddress.Parse("02:00:5e:00:53:01").ToByteArray());

    [Theory]
    [InlineData("")]
    [InlineData("02:00:5e:00:53")]
    [InlineData("02:00:5e:00:53:01:02")]
    [InlineData("02-00-5e-00-53-01")]
    [InlineData("02:00:5e:00:53:0g")]
    [InlineData("02:00:5e:00:53: 1")]
    public void Parse_AnythingElse_Throws(string text) => Assert.Throws<FormatException>(() => MacAddress.Parse(text));

    [Theory]
    [InlineData("01:00:5e:00:00:01", true)]
    [InlineData("02:00:5e:00:53:01", false)]
    public void IsMulticast_GroupBit_Decides(string text, bool expected) => Assert.Equal(expected, MacAddress.Parse(text).IsMulticast);
}
