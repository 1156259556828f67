using Microsoft.Playwright;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

/// <summary>A stock Playwright on a VM's browser, through <c>viper vms forward</c>.</summary>
internal sealed class ForwardedBrowser : IAsyncDisposable
{
    private readonly ChildProgram _forward;
    private readonly IPlaywright _playwright;

    private ForwardedBrowser(ChildProgram forward, Uri address, IPlaywright playwright, IBrowser browser)
    {
        _forward = forward;
        Address = address;
        _playwright = playwright;
        Browser = browser;
    }

    /// <summary>The loopback address of the VM's DevTools.</summary>
    public Uri Address { get; }

    public IBrowser Browser { get; }

    public static async Task<ForwardedBrowser> ConnectAsync(ViperStage stage, string vm)
    {
        ChildProgram forward = stage.StartViper("vms", "forward", vm);
        string? line = await forward.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(Uri.TryCreate(line, UriKind.Absolute, out Uri? address), $"viper vms forward printed '{line}' {forward.Errors}");
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.ConnectOverCDPAsync(address.ToString(), new BrowserTypeConnectOverCDPOptions { Timeout = (float)SharedStage.Patience.TotalMilliseconds });
        return new ForwardedBrowser(forward, address, playwright, browser);
    }

    public async Task<IPage> NewPageAsync()
    {
        IBrowserContext context = await Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout((float)SharedStage.Patience.TotalMilliseconds);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.CloseAsync();
        _playwright.Dispose();
        await _forward.DisposeAsync();
    }
}
