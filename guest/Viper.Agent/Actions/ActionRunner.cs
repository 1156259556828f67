using Viper.Agent.Browser;
using Viper.Agent.DevTools;
using Viper.Agent.Server;
using Viper.Cdp;

namespace Viper.Agent.Actions;

/// <summary>Runs one action on the active page within its deadline, and turns every failure into its problem.</summary>
internal sealed class ActionRunner
{
    internal const int DefaultTimeoutMs = 30_000;
    internal const int MaxTimeoutMs = 600_000;

    private const int NoSuchSession = -32001;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly BrowserSupervisor _browser;
    private readonly BrowserLink _link;

    internal ActionRunner(BrowserSupervisor browser, BrowserLink link)
    {
        _browser = browser;
        _link = link;
    }

    internal Task<AgentResponse> RunAsync(
        PageCall call, int timeoutMs, Func<CdpPage, ActionDeadline, CancellationToken, Task<AgentResponse>> action) => RunAsync(
        call,
        timeoutMs,
        async (run, deadline, limit) =>
        {
            await using var page = await _link.AttachAsync(run, call.PageId, limit.Token);

            // Each step keeps the deadline itself and can say which one it was; this is for one that does not.
            limit.CancelAfter(deadline.Left + s_grace);
            return await action(page, deadline, limit.Token);
        });

    /// <summary>Lists the ids of the pages that are open now; none while there is no browser.</summary>
    internal async Task<IReadOnlyList<string>> ListPagesAsync(CancellationToken cancellationToken) => _browser.State.Run is { } run
        ? await DevToolsClient.GetPageIdsAsync(run.Endpoint, cancellationToken)
        : [];

    /// <summary>Runs what is done to the browser and not to a page.</summary>
    internal Task<AgentResponse> RunInBrowserAsync(
        PageCall call, int timeoutMs, Func<BrowserLink, BrowserRun, ActionDeadline, CancellationToken, Task<AgentResponse>> action) =>
        RunAsync(call, timeoutMs, (run, deadline, limit) => action(_link, run, deadline, limit.Token));

    private async Task<AgentResponse> RunAsync(
        PageCall call, int timeoutMs, Func<BrowserRun, ActionDeadline, CancellationTokenSource, Task<AgentResponse>> work)
    {
        string path = call.Path;
        CancellationToken stopping = call.Stopping;
        var state = _browser.State;
        if (state.Run is not { } run)
        {
            return Problem.NoBrowser(state.Health, path);
        }

        var deadline = new ActionDeadline(timeoutMs);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(timeoutMs);
        try
        {
            return await work(run, deadline, limit);
        }
        catch (ActionException error)
        {
            return Problem.Create(error.Status, error.Code, error.Message, path);
        }
        catch (CdpScriptException error)
        {
            return Problem.Script(error.ScriptText, path);
        }
        catch (CdpNavigationException error)
        {
            return Problem.Create(502, "navigation_failed", error.Message, path, error.NetError);
        }
        catch (CdpTimeoutException error)
        {
            return Problem.Create(504, "navigation_timeout", error.Message, path);
        }
        catch (CdpSessionClosedException error)
        {
            return Problem.Create(502, "page_crashed", error.Message, path);
        }
        catch (CdpProtocolException error) when (error.Code == NoSuchSession)
        {
            return Problem.Create(404, "page_not_found", "The page was closed meanwhile.", path);
        }
        catch (CdpProtocolException error)
        {
            return Problem.Create(502, "browser_error", error.Message, path);
        }
        catch (Exception error) when (error is CdpClosedException or IOException or DevToolsException)
        {
            return Problem.Create(503, "browser_restarting", $"The browser broke off: {error.Message}", path);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return Problem.Create(504, "action_timeout", $"The browser did not finish within {timeoutMs} ms.", path);
        }
    }
}
