using System.Text.Json;

namespace Viper.Cdp.Tests;

public sealed class CdpPageTests(RealChrome chrome) : IClassFixture<RealChrome>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetVersionAsync_RealChrome_SaysItsProduct()
    {
        await using var connection = await chrome.ConnectAsync();

        var version = await new CdpBrowser(connection).GetVersionAsync(Cancel);

        Assert.StartsWith("HeadlessChrome/", version.Product, StringComparison.Ordinal);
        Assert.Equal("1.3", version.ProtocolVersion);
    }

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("Promise.resolve({a: [1, null, 'ü']})", """{"a":[1,null,"ü"]}""")]
    [InlineData("'</script>'", "\"</script>\"")]
    public async Task EvaluateAsync_Value_IsItsJson(string expression, string json)
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);

        var value = await page.EvaluateAsync(expression, Cancel);

        using var expected = JsonDocument.Parse(json);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, value));
    }

    [Fact]
    public async Task EvaluateAsync_Undefined_IsUndefined()
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);

        Assert.Equal(JsonValueKind.Undefined, (await page.EvaluateAsync("undefined", Cancel)).ValueKind);
    }

    [Theory]
    [InlineData("throw new TypeError('no good')", "TypeError: no good")]
    [InlineData("Promise.reject(new Error('later'))", "Error: later")]
    [InlineData("throw 42", "42")]
    [InlineData("syntax error here", "SyntaxError")]
    public async Task EvaluateAsync_Throws_IsAScriptException(string expression, string text)
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);

        var error = await Assert.ThrowsAsync<CdpScriptException>(() => page.EvaluateAsync(expression, Cancel));

        Assert.Contains(text, error.ScriptText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NavigateAsync_DataAddress_ShowsItsTitle()
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);

        var done = await page.NavigateAsync("data:text/html,<title>a title</title>", CdpWaitUntil.NetworkIdle, s_deadline, Cancel);

        Assert.True(done.HasNewDocument);
        Assert.Equal("a title", await page.GetTitleAsync(Cancel));
    }

    [Fact]
    public async Task GoAndReloadAsync_ThroughTheHistory_ShowWhatIsThere()
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);
        await page.NavigateAsync("data:text/html,<title>one</title>", CdpWaitUntil.Load, s_deadline, Cancel);
        await page.NavigateAsync("data:text/html,<title>two</title>", CdpWaitUntil.Load, s_deadline, Cancel);

        Assert.True((await page.GoAsync(-1, CdpWaitUntil.Load, s_deadline, Cancel))?.HasNewDocument);
        Assert.Equal("one", await page.GetTitleAsync(Cancel));
        Assert.True((await page.GoAsync(1, CdpWaitUntil.Load, s_deadline, Cancel))?.HasNewDocument);
        Assert.Null(await page.GoAsync(1, CdpWaitUntil.Load, s_deadline, Cancel));
        await page.EvaluateAsync("document.title = 'changed'", Cancel);
        Assert.True((await page.ReloadAsync(true, CdpWaitUntil.NetworkIdle, s_deadline, Cancel)).HasNewDocument);
        await page.WaitForNetworkIdleAsync(Cancel).WaitAsync(s_deadline, Cancel);
        Assert.Equal("two", await page.GetTitleAsync(Cancel));
    }

    [Fact]
    public async Task EvaluateAsync_IsolatedWorld_HasTheDocumentAlone()
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);
        await page.EvaluateAsync("window.own = 1, document.title = 'here'", Cancel);

        var seen = await page.EvaluateAsync("[typeof own, document.title].join()", new CdpScriptOptions { IsolatedWorld = "apart" }, Cancel);
        var odd = await page.EvaluateAsync("-1 / 0", new CdpScriptOptions(), Cancel);
        var promise = await page.EvaluateAsync("new Promise(() => {})", new CdpScriptOptions { AwaitPromise = false }, Cancel);

        Assert.Equal(("string", "undefined,here"), (seen.Type, seen.Value.GetString()));
        Assert.Equal(("number", JsonValueKind.Undefined, "-Infinity"), (odd.Type, odd.Value.ValueKind, odd.Unserializable));
        Assert.Equal("object", promise.Type);
    }

    [Fact]
    public async Task NavigateAsync_NobodyThere_ThrowsTheNetError()
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);

        var error = await Assert.ThrowsAsync<CdpNavigationException>(
            () => page.NavigateAsync("http://nobody.invalid/", CdpWaitUntil.Load, s_deadline, Cancel));

        Assert.StartsWith("net::ERR_", error.NetError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NavigateAsync_PageThatBlocks_TimesOutAndThePageCanBeClosed()
    {
        await using var connection = await chrome.ConnectAsync();
        var browser = new CdpBrowser(connection);
        await using var page = await OpenAsync(connection);

        await Assert.ThrowsAsync<CdpTimeoutException>(() => page.NavigateAsync(
            "data:text/html,<script>for(;;);</script>", CdpWaitUntil.Load, TimeSpan.FromSeconds(2), Cancel));

        await browser.CloseTargetAsync(page.TargetId, Cancel);
    }

    [Fact]
    public async Task SendAsync_PageCrashes_FailsTheCall()
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);
        await page.NavigateAsync("data:text/html,x", CdpWaitUntil.Load, s_deadline, Cancel);
        var waiting = page.EvaluateAsync("new Promise(() => {})", Cancel);

        var crash = page.SendAsync("Page.crash", null, Cancel);

        Assert.True((await Assert.ThrowsAsync<CdpSessionClosedException>(() => waiting.WaitAsync(s_deadline, Cancel))).HasCrashed);
        await Assert.ThrowsAsync<CdpSessionClosedException>(() => crash.WaitAsync(s_deadline, Cancel));
        await new CdpBrowser(connection).GetVersionAsync(Cancel);
    }

    [Fact]
    public async Task SendAsync_PageClosed_FailsTheCall()
    {
        await using var connection = await chrome.ConnectAsync();
        var browser = new CdpBrowser(connection);
        await using var page = await OpenAsync(connection);
        var waiting = page.EvaluateAsync("new Promise(() => {})", Cancel);

        await browser.CloseTargetAsync(page.TargetId, Cancel);

        await Assert.ThrowsAnyAsync<CdpException>(() => waiting.WaitAsync(s_deadline, Cancel));
    }

    [Fact]
    public async Task AttachAsync_UnknownTarget_IsAProtocolError()
    {
        await using var connection = await chrome.ConnectAsync();

        var error = await Assert.ThrowsAsync<CdpProtocolException>(() => new CdpBrowser(connection).AttachAsync("nowhere", Cancel));

        Assert.Equal("Target.attachToTarget", error.Method);
    }

    [Fact]
    public async Task ScreenshotAsync_FullPage_IsAPng()
    {
        await using var connection = await chrome.ConnectAsync();
        await using var page = await OpenAsync(connection);

        var png = await page.ScreenshotAsync(new CdpScreenshotOptions { FullPage = true }, Cancel);

        Assert.Equal([0x89, 0x50, 0x4e, 0x47], png[..4]);
    }

    private static async Task<CdpPage> OpenAsync(CdpConnection connection)
    {
        var browser = new CdpBrowser(connection);
        return await browser.AttachAsync(await browser.CreateTargetAsync(cancellationToken: Cancel), Cancel);
    }
}
