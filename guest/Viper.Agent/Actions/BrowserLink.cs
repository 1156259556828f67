using Viper.Agent.Browser;
using Viper.Agent.DevTools;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>The agent's own connection to the Chrome that runs now, made when it is first needed.</summary>
internal sealed class BrowserLink : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private BrowserRun? _run;
    private CdpConnection? _connection;
    private volatile string? _active;

    /// <summary>Attaches to a page; without one named, to the active one, which is opened when there is none. The caller disposes it.</summary>
    /// <exception cref="ActionException">There is no such page.</exception>
    internal async Task<CdpPage> AttachAsync(BrowserRun run, string? pageId, CancellationToken cancellationToken)
    {
        var browser = await OpenAsync(run, cancellationToken);
        var pages = await ListIdsAsync(run, cancellationToken);
        return await browser.AttachAsync(
            pageId is not null ? Known(pages, pageId)
            : pages.Count > 0 ? pages[0]
            : await browser.CreateTargetAsync("about:blank", cancellationToken),
            cancellationToken);
    }

    /// <summary>Makes a page the active one, as long as it is there.</summary>
    internal void Activate(string pageId) => _active = pageId;

    /// <summary>Lists the pages, the active one first.</summary>
    internal async Task<IReadOnlyList<PageInfo>> ListAsync(BrowserRun run, CancellationToken cancellationToken)
    {
        // The browser knows addresses and titles without running anything in a page, which may hang; only Chrome's list has an order.
        var ids = await ListIdsAsync(run, cancellationToken);
        var browser = await OpenAsync(run, cancellationToken);
        var targets = (await browser.GetTargetsAsync(cancellationToken)).ToDictionary(static target => target.Id);
        return
        [
            .. ids.Where(targets.ContainsKey).Select((id, place) => new PageInfo
            {
                Id = id,
                TargetId = id,
                Url = targets[id].Url,
                Title = targets[id].Title,
                Active = place == 0,
            }),
        ];
    }

    /// <summary>Opens the browser's own commands; the connection stays the link's.</summary>
    internal async Task<CdpBrowser> OpenAsync(BrowserRun run, CancellationToken cancellationToken) =>
        new(await ConnectAsync(run, cancellationToken));

    /// <summary>Answers the id if there is such a page.</summary>
    /// <exception cref="ActionException">There is none.</exception>
    internal static string Known(IEnumerable<string> pages, string pageId) => pages.Contains(pageId)
        ? pageId
        : throw new ActionException(404, "page_not_found", $"The browser has no page '{pageId}'.");

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            await DropAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    // What nobody made active is as Chrome has it: the page that it showed last is in front.
    private async Task<IReadOnlyList<string>> ListIdsAsync(BrowserRun run, CancellationToken cancellationToken)
    {
        var ids = await DevToolsClient.GetPageIdsAsync(run.Endpoint, cancellationToken);
        return _active is { } active && ids.Contains(active) ? [active, .. ids.Where(id => id != active)] : ids;
    }

    private async Task<CdpConnection> ConnectAsync(BrowserRun run, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { Closed.IsCompleted: false } living && ReferenceEquals(_run, run))
            {
                return living;
            }

            await DropAsync();
            _connection = await CdpConnection.ConnectAsync(new Uri($"ws://{run.Endpoint}/devtools/browser/{run.BrowserId}"), cancellationToken);
            _run = run;
            return _connection;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task DropAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }
}
