using System.Buffers;
using System.Text;
using Viper.Cdp.Domains;
using Viper.TestKit.Browser;

namespace Viper.Cdp.Tests;

/// <summary>What the library does with a Chrome that it has launched itself.</summary>
public sealed class ChromeTests : IAsyncLifetime
{
    private string? _home;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _home = await DebianChrome.CreateHomeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_home is not null)
        {
            Directory.Delete(_home, recursive: true);
        }

        return default;
    }

    [Theory]
    [InlineData(false, CdpThreading.Shared)]
    [InlineData(true, CdpThreading.Shared)]
    [InlineData(true, CdpThreading.Dedicated)]
    public async Task LaunchAsync_PipeOrPort_SpeaksAndEndsWithItsFolderFree(bool usesPort, CdpThreading threading)
    {
        int process;
        await using (var chrome = await LaunchAsync(usesPort, threading))
        {
            process = chrome.ProcessId;
            Assert.Equal(usesPort, chrome.Address is not null);
            var version = await chrome.Connection.Browser.Browser.GetVersionAsync(Cancel);
            Assert.StartsWith("HeadlessChrome/", version.Product, StringComparison.Ordinal);
            await using var page = await OpenAsync(chrome);
            Assert.Equal(2, (await page.EvaluateAsync("1 + 1", Cancel)).GetInt32());
        }

        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public async Task LaunchAsync_NoSuchProgram_IsATypedError() =>
        await Assert.ThrowsAsync<CdpClosedException>(() => CdpChrome.LaunchAsync(new CdpChromeOptions { Executable = "/nowhere/chrome", UsesPort = true }, Cancel));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LaunchAsync_ProgramThatEnds_IsATypedError(bool usesPort) =>
        await Assert.ThrowsAnyAsync<CdpException>(() => CdpChrome.LaunchAsync(new CdpChromeOptions { Executable = "/bin/true", UsesPort = usesPort }, Cancel));

    [Fact]
    public async Task Discovery_RealChrome_FindsTheBrowserAndItsPages()
    {
        await using var chrome = await LaunchAsync(usesPort: true);
        await using var page = await OpenAsync(chrome);
        var discovery = new CdpDiscovery(new Uri($"http://{chrome.Address!.Authority}"));

        Assert.StartsWith("HeadlessChrome/", (await discovery.GetVersionAsync(Cancel)).Product, StringComparison.Ordinal);
        Assert.Contains(await discovery.GetTargetsAsync(Cancel), target => target.Id == page.TargetId);
        await using var second = await discovery.ConnectAsync(null, Cancel);
        Assert.Contains((await second.Browser.Target.GetTargetsAsync(cancellationToken: Cancel)).TargetInfos, target => target.TargetId == page.TargetId);
    }

    [Fact]
    public async Task AutoAttachAsync_PagesThatCome_HaveSessions()
    {
        await using var chrome = await LaunchAsync(usesPort: false);
        var browser = new CdpBrowser(chrome.Connection);
        await using var attaching = await browser.AutoAttachAsync(Cancel);

        var target = await browser.CreateTargetAsync("data:text/html,<title>found</title>", Cancel);

        await foreach (var page in attaching.ReadAllAsync(Cancel))
        {
            if (page.TargetId == target)
            {
                Assert.NotNull(await page.EvaluateAsync("document.title", Cancel) is { } title ? title.GetString() : null);
                break;
            }
        }
    }

    [Fact]
    public async Task ScreenshotAsync_ToAStreamAndABuffer_AreTheImage()
    {
        await using var chrome = await LaunchAsync(usesPort: true);
        await using var page = await OpenAsync(chrome);
        await page.NavigateAsync("data:text/html,<body style='background:teal'>", CdpWaitUntil.Load, RealChrome.Deadline, Cancel);
        using var stream = new MemoryStream();
        var buffer = new ArrayBufferWriter<byte>();

        await page.ScreenshotAsync(stream, null, Cancel);
        await page.ScreenshotAsync(buffer, null, Cancel);
        var whole = await page.ScreenshotAsync(new CdpScreenshotOptions(), Cancel);

        Assert.Equal(whole, stream.ToArray());
        Assert.Equal(whole, buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task PrintToPdfAsync_RealPage_IsAPdf()
    {
        await using var chrome = await LaunchAsync(usesPort: false);
        await using var page = await OpenAsync(chrome);
        await page.NavigateAsync("data:text/html,<h1>paper</h1>", CdpWaitUntil.Load, RealChrome.Deadline, Cancel);
        using var stream = new MemoryStream();

        await page.PrintToPdfAsync(stream, new Page.PrintToPDFCommand { Landscape = true }, Cancel);

        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString(stream.ToArray(), 0, 8), StringComparison.Ordinal);
        Assert.Contains("%%EOF", Encoding.ASCII.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EvaluateTextAsync_TwentyMegabytes_ArriveWhole(bool usesPort)
    {
        const int Count = 4_000_000;
        await using var chrome = await LaunchAsync(usesPort);
        await using var page = await OpenAsync(chrome);
        using var stream = new MemoryStream();

        await page.EvaluateTextAsync($"'ab\\n\"ü'.repeat({Count})", stream, Cancel).WaitAsync(RealChrome.Deadline, Cancel);

        var piece = "ab\n\"ü"u8;
        Assert.Equal(piece.Length * Count, stream.Length);
        Assert.Equal(0, stream.GetBuffer().AsSpan(0, piece.Length * Count).IndexOf(piece));
        Assert.True(stream.GetBuffer().AsSpan((int)stream.Length - piece.Length, piece.Length).SequenceEqual(piece));
    }

    [Theory]
    [InlineData("throw new Error('no')", "Error: no")]
    [InlineData("42", "number")]
    public async Task EvaluateTextAsync_NoText_IsAScriptException(string expression, string text)
    {
        await using var chrome = await LaunchAsync(usesPort: false);
        await using var page = await OpenAsync(chrome);

        var error = await Assert.ThrowsAsync<CdpScriptException>(() => page.EvaluateTextAsync(expression, Stream.Null, Cancel));

        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForEventAsync_ConsoleMessage_IsTheOneThatFits()
    {
        await using var chrome = await LaunchAsync(usesPort: true);
        await using var page = await OpenAsync(chrome);
        await page.Session.Runtime.EnableAsync(Cancel);

        var waiting = page.WaitForEventAsync<Runtime.ConsoleAPICalledEvent>(static next => next.Args[0].Value.Json.GetInt32() == 7, RealChrome.Deadline, Cancel);
        await page.EvaluateAsync("for (let i = 0; i < 10; i++) console.log(i)", Cancel);

        Assert.Equal(Runtime.ConsoleAPICalledType.Log, (await waiting).Type);
    }

    private static async Task<CdpPage> OpenAsync(CdpChrome chrome)
    {
        var browser = new CdpBrowser(chrome.Connection);
        return await browser.AttachAsync(await browser.CreateTargetAsync(cancellationToken: Cancel), Cancel);
    }

    private Task<CdpChrome> LaunchAsync(bool usesPort, CdpThreading threading = CdpThreading.Shared) =>
        RealChrome.LaunchAsync(_home!, usesPort, threading, Cancel);
}
