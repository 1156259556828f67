using System.Text;
using Viper.Orchestration.Guest;

namespace Viper.Orchestration.Tests.Guest;

public sealed class HttpAgentProbeTests
{
    [Theory]
    [InlineData("""{"browser":{"state":"running","product":"HeadlessChrome/156"}}""", true, "HeadlessChrome/156")]
    [InlineData("""{"browser":{"state":"starting","product":null}}""", true, null)]
    [InlineData("""{"browser":{"state":"absent"}}""", false, null)]
    public void Read_OfAnAgentsStatus_GivesItsBrowser(string json, bool hasBrowser, string? product) =>
        Assert.Equal(new AgentHealth(hasBrowser, product), HttpAgentProbe.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"browser":7}""")]
    [InlineData("<html>")]
    public void Read_OfAnythingElse_IsNull(string text) => Assert.Null(HttpAgentProbe.Read(Encoding.UTF8.GetBytes(text)));
}
