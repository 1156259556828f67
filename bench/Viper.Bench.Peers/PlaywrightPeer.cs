using System.Text.Json;
using Microsoft.Playwright;

namespace Viper.Bench.Peers;

/// <summary>Playwright .NET, by the CDP session of its page.</summary>
internal sealed class PlaywrightPeer : IPeer
{
    private static readonly Dictionary<string, object> s_evaluate = new() { ["expression"] = "1+1", ["returnByValue"] = true };

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly ICDPSession _session;

    private PlaywrightPeer(IPlaywright playwright, IBrowser browser, ICDPSession session)
    {
        _playwright = playwright;
        _browser = browser;
        _session = session;
    }

    public static async Task<PlaywrightPeer> ConnectAsync(Uri address, string target)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.ConnectOverCDPAsync(address.ToString());
        foreach (IPage page in browser.Contexts.SelectMany(static c => c.Pages))
        {
            ICDPSession session = await page.Context.NewCDPSessionAsync(page);
            JsonElement? info = await session.SendAsync("Target.getTargetInfo");
            if (info?.GetProperty("targetInfo").GetProperty("targetId").GetString() == target)
            {
                return new PlaywrightPeer(playwright, browser, session);
            }
        }

        throw new InvalidOperationException("Playwright does not see the page.");
    }

    public async Task EvaluateAsync()
    {
        JsonElement? result = await _session.SendAsync("Runtime.evaluate", s_evaluate);
        if (result?.GetProperty("result").GetProperty("value").GetInt32() != 2)
        {
            throw new InvalidOperationException("Another answer.");
        }
    }

    public async Task HearAsync(int count)
    {
        int heard = 0;
        TaskCompletionSource all = new();
        void Hear(object? sender, JsonElement? e) => _ = ++heard == count && all.TrySetResult();
        await _session.SendAsync("Runtime.enable");
        _session.Event("Runtime.consoleAPICalled").OnEvent += Hear;
        await _session.SendAsync("Runtime.evaluate", new() { ["expression"] = $"for(let i=0;i<{count};i++)console.log(i)" });
        await all.Task;
        _session.Event("Runtime.consoleAPICalled").OnEvent -= Hear;
        await _session.SendAsync("Runtime.disable");
        await _session.SendAsync("Runtime.discardConsoleEntries");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
