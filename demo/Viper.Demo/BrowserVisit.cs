using System.Diagnostics;
using Microsoft.Playwright;
using Viper.Contracts;
using Viper.Stage;

namespace Viper.Demo;

/// <summary>What a user would do with the VM's browser: a stock Playwright connects to its DevTools address and opens a page.</summary>
internal static class BrowserVisit
{
    public static async Task<(string Title, string? Computed)> OpenAsync(Uri devTools, Uri page, string screenshot, List<TimelineStep> timeline)
    {
        try
        {
            return await VisitAsync(devTools, page, screenshot, timeline);
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            throw new StageException($"The browser could not open {page} and take its picture: {e.Message.Split('\n')[0]}");
        }
    }

    private static async Task<(string Title, string? Computed)> VisitAsync(Uri devTools, Uri page, string screenshot, List<TimelineStep> timeline)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using IPlaywright playwright = await Playwright.CreateAsync();
        End("client", watch, timeline);

        // Disposed in every case: Playwright keeps files for an open browser.
        await using IBrowser browser = await playwright.Chromium.ConnectOverCDPAsync(devTools.ToString(), new BrowserTypeConnectOverCDPOptions { Timeout = 120_000 });
        End("connect", watch, timeline);

        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        IPage tab = await context.NewPageAsync();
        await tab.GotoAsync(page.ToString(), new PageGotoOptions { Timeout = 120_000 });
        string title = await tab.TitleAsync();
        string? computed = page == WorldServer.Address
            ? await (await tab.WaitForSelectorAsync("html[data-ready] #computed", new PageWaitForSelectorOptions { Timeout = 120_000 }))!.TextContentAsync()
            : null;
        End("page", watch, timeline);

        await tab.ScreenshotAsync(new PageScreenshotOptions { Path = screenshot, Timeout = 120_000 });
        End("screenshot", watch, timeline);
        return (title, computed);
    }

    private static void End(string step, Stopwatch watch, List<TimelineStep> timeline)
    {
        timeline.Add(new TimelineStep(step, Math.Round(watch.Elapsed.TotalMilliseconds, 1)));
        watch.Restart();
    }
}
