using System.Text;
using System.Text.Json;
using Viper.Contracts.Agent;
using Viper.Daemon.Relay;

namespace Viper.Daemon.Tests.Relay;

public sealed class GuestCommandPolicyTests
{
    private readonly GuestCommandPolicy _policy = new();

    [Theory]
    [InlineData("Browser.close")]
    [InlineData("Browser.crash")]
    [InlineData("Browser.crashGpuProcess")]
    [InlineData("Browser.setDownloadBehavior")]
    [InlineData("Page.setDownloadBehavior")]
    [InlineData("DOM.setFileInputFiles")]
    [InlineData("Input.dispatchDragEvent")]
    [InlineData("Extensions.loadUnpacked")]
    [InlineData("Target.exposeDevToolsProtocol")]
    public void Guards_WhatIsJudged_IsHeldUp(string method)
    {
        Assert.True(_policy.Guards(Encoding.ASCII.GetBytes(method)));
        Assert.False(_policy.Guards(Encoding.ASCII.GetBytes(method[..^1] + "?")));
    }

    [Theory]
    [InlineData("""{"id":1,"method":"Browser.close"}""", typeof(CommandVerdict.Leave))]
    [InlineData("""{"id":1,"method":"Browser.crash"}""", typeof(CommandVerdict.Refuse))]
    [InlineData("""{"id":1,"method":"Target.exposeDevToolsProtocol","params":{"targetId":"t"}}""", typeof(CommandVerdict.Refuse))]
    [InlineData("""{"id":1,"method":"Extensions.loadUnpacked","params":{"path":"/x"}}""", typeof(CommandVerdict.Refuse))]
    [InlineData("""{"id":1,"method":"Browser.setDownloadBehavior","params":{"behavior":"deny"}}""", typeof(CommandVerdict.Pass))]
    [InlineData("""{"id":1,"method":"DOM.setFileInputFiles","params":{"files":["/home/browser/uploads/a.txt"]}}""", typeof(CommandVerdict.Pass))]
    [InlineData("""{"id":1,"method":"DOM.setFileInputFiles","params":{"files":[]}}""", typeof(CommandVerdict.Pass))]
    [InlineData("""{"id":1,"method":"DOM.setFileInputFiles","params":{"files":["/home/browser/uploads/a.txt","/etc/passwd"]}}""", typeof(CommandVerdict.Refuse))]
    [InlineData("""{"id":1,"method":"DOM.setFileInputFiles","params":{"files":["/home/browser/uploads/../profile/Cookies"]}}""", typeof(CommandVerdict.Refuse))]
    [InlineData("""{"id":1,"method":"DOM.setFileInputFiles","params":{"files":"no list"}}""", typeof(CommandVerdict.Pass))]
    [InlineData("""{"id":1,"method":"DOM.setFileInputFiles"}""", typeof(CommandVerdict.Pass))]
    [InlineData("""{"id":1,"method":"Input.dispatchDragEvent","params":{"data":{"files":["/etc/passwd"]}}}""", typeof(CommandVerdict.Refuse))]
    [InlineData("""{"id":1,"method":"Input.dispatchDragEvent","params":{"data":{"items":[]}}}""", typeof(CommandVerdict.Pass))]
    public void Judge_Command_IsAsTheRulesSay(string message, Type verdict) =>
        Assert.IsType(verdict, _policy.Judge(CdpCommand.TryRead(Encoding.UTF8.GetBytes(message))!));

    [Fact]
    public void Judge_DownloadFolder_IsTheAgents()
    {
        const string Message = """
            {"id":5,"method":"Browser.setDownloadBehavior","params":{"behavior":"allowAndName","browserContextId":"c","downloadPath":"/tmp/mine","eventsEnabled":true},"sessionId":"s"}
            """;

        CommandVerdict.Replace other = Assert.IsType<CommandVerdict.Replace>(_policy.Judge(CdpCommand.TryRead(Encoding.UTF8.GetBytes(Message))!));

        using JsonDocument sent = JsonDocument.Parse(other.Message);
        Assert.Equal((5, "Browser.setDownloadBehavior", "s"), (sent.RootElement.GetProperty("id").GetInt32(), sent.RootElement.GetProperty("method").GetString(), sent.RootElement.GetProperty("sessionId").GetString()));
        JsonElement parameters = sent.RootElement.GetProperty("params");
        Assert.Equal(
            ("allowAndName", "c", GuestPlaces.Downloads, true),
            (parameters.GetProperty("behavior").GetString(), parameters.GetProperty("browserContextId").GetString(), parameters.GetProperty("downloadPath").GetString(), parameters.GetProperty("eventsEnabled").GetBoolean()));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"method\":1}")]
    [InlineData("{\"method\":\"\\ud800\"}")]
    [InlineData("no JSON")]
    public void TryRead_NoCommand_IsNull(string message) => Assert.Null(CdpCommand.TryRead(Encoding.UTF8.GetBytes(message)));
}
