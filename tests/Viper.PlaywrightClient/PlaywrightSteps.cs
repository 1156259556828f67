using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Viper.PlaywrightClient;

/// <summary>What a stock Playwright does when it is told to, one step after another.</summary>
internal sealed class PlaywrightSteps
{
    // How long it waits for a browser in an emulated machine, in milliseconds.
    private const float Patience = 300_000;

    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IBrowser? _browser;
    private IPage? _page;
    private Task<string>? _pending;

    private IBrowser Browser => _browser ?? throw new InvalidOperationException("Not connected.");

    private IPage Page => _page ?? throw new InvalidOperationException("No page is open.");

    /// <summary>Takes a step and gives what is to be said of it.</summary>
    internal async Task<JsonNode?> TakeAsync(JsonElement step)
    {
        string Text(string name) => step.GetProperty(name).GetString()!;
        switch (Text("step"))
        {
            case "connect":
                return await ConnectAsync(Text("address"));
            case "open":
                await OpenAsync();
                return null;
            case "navigate":
                await Page.GotoAsync(Text("url"));
                return await Page.TitleAsync();
            case "evaluate":
                return JsonNode.Parse((await Page.EvaluateAsync<JsonElement>(Text("expression"))).GetRawText());
            case "evaluateLong":
                return Digest(await Page.EvaluateAsync<string>(Text("expression")));
            case "click":
                await Page.ClickAsync(Text("selector"));
                return null;
            case "type":
                await Page.Locator(Text("selector")).PressSequentiallyAsync(Text("text"));
                return null;
            case "text":
                return await Page.TextContentAsync(Text("selector"));
            case "download":
                return await DownloadAsync(Text("selector"));
            case "screenshot":
                return Convert.ToBase64String(await Page.ScreenshotAsync());
            case "pdf":
                return Convert.ToBase64String(await Page.PdfAsync());
            case "hang":
                _pending = HangAsync();
                return null;
            case "ended":
                await _disconnected.Task;
                return await _pending!;
            case "shut":
                await Page.Context.CloseAsync();
                return null;
            case "leave":
                await Browser.CloseAsync();
                return null;
            default:
                throw new InvalidOperationException($"No step of this client: {step}");
        }
    }

    private static JsonObject Digest(string text) => new()
    {
        ["length"] = text.Length,
        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
    };

    private async Task<string> ConnectAsync(string address)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        _browser = await playwright.Chromium.ConnectOverCDPAsync(address, new BrowserTypeConnectOverCDPOptions { Timeout = Patience });
        _browser.Disconnected += (_, _) => _disconnected.TrySetResult();
        return _browser.Version;
    }

    private async Task OpenAsync()
    {
        IBrowserContext context = await Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(Patience);
        _page = await context.NewPageAsync();
    }

    private async Task<JsonObject> DownloadAsync(string selector)
    {
        IDownload download = await Page.RunAndWaitForDownloadAsync(() => Page.ClickAsync(selector));
        if (await download.FailureAsync() is { } failure)
        {
            throw new InvalidOperationException($"The download failed: {failure}");
        }

        return new JsonObject { ["name"] = download.SuggestedFilename, ["path"] = await download.PathAsync() };
    }

    private async Task<string> HangAsync()
    {
        try
        {
            await Page.EvaluateAsync("new Promise(() => {})");
            return "answered";
        }
        catch (PlaywrightException error)
        {
            return error.Message;
        }
    }
}
