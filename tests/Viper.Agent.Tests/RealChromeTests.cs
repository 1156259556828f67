using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Viper.Cdp;

namespace Viper.Agent.Tests;

/// <summary>The agent with Debian's chromium-headless-shell, as user 65532 with its sandbox on.</summary>
public sealed class RealChromeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("load")]
    [InlineData("domcontentloaded")]
    [InlineData("networkidle")]
    [InlineData("commit")]
    public async Task Navigate_EachMoment_AnswersThePage(string moment)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();

        var answer = await NavigateAsync(agent, $$"""{"url":"{{site.Url("/")}}","wait_until":"{{moment}}"}""", 200);

        Assert.Equal((site.Url("/"), 200), (answer.GetProperty("result").GetProperty("url").GetString(), answer.GetProperty("result").GetProperty("status").GetInt32()));
        Assert.True(answer.GetProperty("result").GetProperty("navigated").GetBoolean());
        if (moment != "commit")
        {
            Assert.Equal("sum 42", answer.GetProperty("page").GetProperty("title").GetString());
        }
    }

    [Fact]
    public async Task Navigate_EveryKindOfEnd_IsTypedAndTheBrowserStaysUsable()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();

        var missing = await NavigateAsync(agent, $$"""{"url":"{{site.Url("/missing")}}"}""", 200);
        Assert.Equal(404, missing.GetProperty("result").GetProperty("status").GetInt32());
        var empty = await NavigateAsync(agent, $$"""{"url":"{{site.Url("/empty404")}}"}""", 200);
        Assert.Equal(404, empty.GetProperty("result").GetProperty("status").GetInt32());
        var moved = await NavigateAsync(agent, $$"""{"url":"{{site.Url("/moves")}}","wait_until":"load"}""", 200);
        Assert.Equal("navigated", moved.GetProperty("result").GetProperty("navigated").GetBoolean() ? "navigated" : "not");
        var refused = await NavigateAsync(agent, """{"url":"http://127.0.0.1:1/"}""", 502);
        Assert.Equal(("navigation_failed", "net::ERR_UNSAFE_PORT"), (refused.GetProperty("code").GetString(), refused.GetProperty("net_error").GetString()));
        var slow = await NavigateAsync(agent, $$"""{"url":"{{site.Url("/never")}}","timeout_ms":1500}""", 504);
        Assert.Equal("navigation_timeout", slow.GetProperty("code").GetString());
        await NavigateAsync(agent, $$"""{"url":"{{site.Url("/")}}"}""", 200);
        var fragment = await NavigateAsync(agent, $$"""{"url":"{{site.Url("/#part")}}"}""", 200);
        Assert.False(fragment.GetProperty("result").GetProperty("navigated").GetBoolean());
    }

    [Fact]
    public async Task Navigate_CallerGoes_IsGivenUpAndHoldsNobodyUp()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        var body = $$"""{"url":"{{site.Url("/never")}}","timeout_ms":600000}""";
        using (var caller = await agent.ConnectAsync())
        {
            await caller.SendAsync(Encoding.ASCII.GetBytes($"POST /navigate HTTP/1.1\r\nHost: {agent.Endpoint}\r\nAuthorization: Bearer {AgentHarness.Token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), Cancel);
            await site.NeverAsked.WaitAsync(Cancel);
        }

        // Ten minutes before the navigation's own end.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(4));
        Assert.Equal(0x89504e47u, BinaryPrimitives.ReadUInt32BigEndian(await ImageAsync(agent, "/screenshot").WaitAsync(patience.Token)));
        await NavigateAsync(agent, $$"""{"url":"{{site.Url("/")}}"}""", 200).WaitAsync(patience.Token);
    }

    [Fact]
    public async Task Navigate_PageThatMovesOnByItself_IsFollowed()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();

        for (var i = 0; i < 100; i++)
        {
            var moved = await NavigateAsync(agent, $$"""{"url":"{{site.Url("/moves")}}","timeout_ms":10000}""", 200);
            Assert.True(moved.GetProperty("result").GetProperty("navigated").GetBoolean());
        }
    }

    [Fact]
    public async Task Screenshot_EachForm_IsThatImage()
    {
        await using var agent = await AgentHarness.WithRealChrome("""{"viewport":{"width":640,"height":480}}""").ReadyAsync();
        await using var site = new TestSite();

        var png = await ImageAsync(agent, $"/screenshot?url={Uri.EscapeDataString(site.Url("/tall"))}");
        Assert.Equal(0x89504e47u, BinaryPrimitives.ReadUInt32BigEndian(png));
        Assert.Equal((640, 480), PngSize(png));
        Assert.Equal((640, 3000), PngSize(await ImageAsync(agent, "/screenshot?full_page=true")));
        var jpeg = await ImageAsync(agent, "/screenshot?type=jpeg&quality=30");
        Assert.Equal([0xff, 0xd8, 0xff], jpeg[..3]);
        Assert.Equal("RIFF"u8.ToArray(), (await ImageAsync(agent, "/screenshot?type=webp"))[..4]);

        var json = await agent.AskAsync("POST", "/screenshot", """{"type":"png"}""", "Accept: application/json\r\n");
        using var document = JsonDocument.Parse(HttpServerTests.Body(json));
        Assert.Equal("image/png", document.RootElement.GetProperty("mime").GetString());
        Assert.Equal((640, 480), PngSize(document.RootElement.GetProperty("base64").GetBytesFromBase64()));
    }

    [Fact]
    public async Task Relay_RealClientThroughTheAgent_DrivesChromeAndSeesTheRestart()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await using var relay = new TokenForwarder(agent.Endpoint);
        await using var connection = await CdpConnection.ConnectAsync(relay.Uri, Cancel);
        var browser = new CdpBrowser(connection);
        Assert.StartsWith("HeadlessChrome/", (await browser.GetVersionAsync(Cancel)).Product, StringComparison.Ordinal);
        await using var page = await browser.AttachAsync(await browser.CreateTargetAsync(cancellationToken: Cancel), Cancel);
        await page.NavigateAsync(site.Url("/"), CdpWaitUntil.Load, TimeSpan.FromSeconds(60), Cancel);
        Assert.Equal("sum 42", await page.GetTitleAsync(Cancel));
        var big = await page.EvaluateAsync("'x'.repeat(20 * 1024 * 1024)", Cancel);
        Assert.Equal(20 * 1024 * 1024, big.GetString()!.Length);

        agent.KillChrome();

        Assert.Equal(4010, (await connection.Closed.WaitAsync(TimeSpan.FromSeconds(60), Cancel)).CloseCode);
        await agent.Console.ReadAsync("browser_crashed");
        await agent.Console.ReadAsync("browser_ready");
        await NavigateAsync(agent, $$"""{"url":"{{site.Url("/")}}"}""", 200);
    }

    [Fact]
    public async Task Page_InTheGuestsOwnBrowser_CannotReachTheAgent()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await NavigateAsync(agent, $$"""{"url":"{{site.Url("/")}}"}""", 200);
        await using var relay = new TokenForwarder(agent.Endpoint);
        await using var connection = await CdpConnection.ConnectAsync(relay.Uri, Cancel);
        var browser = new CdpBrowser(connection);
        var target = (await browser.GetTargetsAsync(Cancel)).First(found => found.Type == "page");
        await using var page = await browser.AttachAsync(target.Id, Cancel);

        // Even with the token in hand, and from the very address that plays the host here, a page has an Origin.
        var fetched = await page.EvaluateAsync(
            $$$"""
            fetch('http://{{{agent.Endpoint}}}/status', {headers: {Authorization: 'Bearer {{{AgentHarness.Token}}}'}})
              .then(answer => answer.text(), error => 'failed')
            """,
            Cancel);
        var opened = await page.EvaluateAsync(
            $$"""
            new Promise(done => {
              const socket = new WebSocket('ws://{{agent.Endpoint}}/devtools/browser/default');
              socket.onopen = () => done('open');
              socket.onerror = () => done('failed');
            })
            """,
            Cancel);

        Assert.Equal(("failed", "failed"), (fetched.GetString(), opened.GetString()));
    }

    private static async Task<JsonElement> NavigateAsync(AgentHarness agent, string body, int status)
    {
        var answer = await agent.AskAsync("POST", "/navigate", body);
        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{body} gave {answer}");
        using var document = JsonDocument.Parse(HttpServerTests.Body(answer));
        return document.RootElement.Clone();
    }

    private static async Task<byte[]> ImageAsync(AgentHarness agent, string target)
    {
        var answer = await agent.AskAsync("GET", target);
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: image/", answer, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(HttpServerTests.Body(answer));
    }

    private static (int Width, int Height) PngSize(byte[] png) =>
        (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
}
