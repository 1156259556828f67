namespace Viper.Client.Tests;

public sealed class ViperAddressTests
{
    [Theory]
    [InlineData("unix:/run/viper/viper.sock", "unix:/run/viper/viper.sock")]
    [InlineData("http://127.0.0.1:7777", "http://127.0.0.1:7777")]
    [InlineData("https://viper.lan/", "https://viper.lan")]
    public void Parse_Address_IsReadAsWritten(string text, string expected) => Assert.Equal(expected, ViperAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("unix:")]
    [InlineData("localhost:7777")]
    [InlineData("ftp://x")]
    [InlineData("http://u:p@x")]
    [InlineData("http://x/path")]
    public void Parse_NoAddress_Throws(string text) => Assert.Throws<FormatException>(() => ViperAddress.Parse(text));

    [Fact]
    public void FromEnvironment_Base_Wins() =>
        Assert.Equal("unix:/x", ViperAddress.FromEnvironment(name => name == "VIPER_API_BASE" ? "unix:/x" : null).ToString());

    [Fact]
    public void FromEnvironment_SocketInTheRunDirectory_IsTaken()
    {
        string folder = Directory.CreateTempSubdirectory("vpr").FullName;
        try
        {
            Func<string, string?> environment = name => name == "VIPER_RUNTIME_DIR" ? folder : null;
            string before = ViperAddress.FromEnvironment(environment).ToString();
            File.WriteAllText(Path.Combine(folder, "viper.sock"), "");

            Assert.Equal(("http://127.0.0.1:7777", $"unix:{folder}/viper.sock"), (before, ViperAddress.FromEnvironment(environment).ToString()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
