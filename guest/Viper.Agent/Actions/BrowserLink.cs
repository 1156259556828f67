using Viper.Agent.Browser;
using Viper.Agent.DevTools;
using Viper.Cdp;

namespace Viper.Agent.Actions;

/// <summary>The agent's own connection to the Chrome that runs now, made when it is first needed.</summary>
internal sealed class BrowserLink : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private BrowserRun? _run;
    private CdpConnection? _connection;

    /// <summary>Attaches to the page that was used last; opens one when there is none. The caller disposes it.</summary>
    internal async Task<CdpPage> AttachActivePageAsync(BrowserRun run, CancellationToken cancellationToken)
    {
        var browser = new CdpBrowser(await ConnectAsync(run, cancellationToken));

        // Chrome lists its targets with the one that was used last in front.
        var pages = await DevToolsClient.GetPageIdsAsync(run.Endpoint, cancellationToken);
        var target = pages.Count > 0 ? pages[0] : await browser.CreateTargetAsync("about:blank", cancellationToken);
        return await browser.AttachAsync(target, cancellationToken);
    }

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
