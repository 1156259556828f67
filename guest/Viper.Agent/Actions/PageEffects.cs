using System.Collections.Concurrent;
using System.Text.Json;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>Watches what an action sets off in its page, and answers the dialogs that it opens.</summary>
internal sealed class PageEffects : IAsyncDisposable
{
    private readonly CdpPage _page;
    private readonly CdpSubscription _dialogs;
    private readonly CdpSubscription _requested;
    private readonly CdpSubscription _navigated;
    private readonly CdpSubscription _moved;
    private readonly CdpSubscription _stopped;
    private readonly CdpSubscription _windows;
    private readonly CdpSubscription _downloads;
    private readonly ConcurrentQueue<DialogInfo> _answered = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _answering;
    private bool _hasNavigated;

    private PageEffects(CdpPage page)
    {
        _page = page;
        _dialogs = page.Subscribe("Page.javascriptDialogOpening");
        _requested = page.Subscribe("Page.frameRequestedNavigation");
        _navigated = page.Subscribe("Page.frameNavigated");
        _moved = page.Subscribe("Page.navigatedWithinDocument");
        _stopped = page.Subscribe("Page.frameStoppedLoading");
        _windows = page.Subscribe("Page.windowOpen");
        _downloads = page.Subscribe("Page.downloadWillBegin");
        _answering = AnswerAsync();
    }

    /// <summary>Begins to watch.</summary>
    internal static async Task<PageEffects> WatchAsync(CdpPage page, CancellationToken cancellationToken)
    {
        var effects = new PageEffects(page);
        try
        {
            await page.SendAsync("Page.enable", null, cancellationToken);
            return effects;
        }
        catch
        {
            await effects.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until what has begun by now is done: a document that was asked for has come, or does not.</summary>
    internal async Task SettleAsync(CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        var isAsked = false;
        while (_requested.TryRead(out var asked))
        {
            isAsked |= IsMain(asked, "frameId") && asked.Parameters.TryGetProperty("disposition"u8, out var where) && where.ValueEquals("currentTab"u8);
        }

        if (isAsked)
        {
            using var first = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<bool>[] ends =
            [
                NextAsync(_navigated, next => next.Parameters.TryGetProperty("frame"u8, out var frame) && IsMain(frame, "id"), isNavigation: true, first.Token),
                NextAsync(_moved, next => IsMain(next, "frameId"), isNavigation: true, first.Token),
                NextAsync(_stopped, next => IsMain(next, "frameId"), isNavigation: false, first.Token),
            ];
            _hasNavigated = await await Task.WhenAny(ends);
            await first.CancelAsync();
            await Task.WhenAll(ends).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        _hasNavigated |= Drain(_moved).Any(next => IsMain(next, "frameId"))
            || Drain(_navigated).Any(next => next.Parameters.TryGetProperty("frame"u8, out var frame) && IsMain(frame, "id"));
    }

    /// <summary>Tells what happened.</summary>
    /// <param name="element">What was acted on.</param>
    /// <param name="newPages">Finds the pages that were opened; asked only where there can be any.</param>
    internal async Task<ElementResult> TellAsync(string? element, Func<Task<IReadOnlyList<string>>> newPages)
    {
        string[] downloads = [.. Drain(_downloads).Select(static next => next.Parameters.TryGetProperty("suggestedFilename"u8, out var name) ? name.GetString() ?? string.Empty : string.Empty)];
        IReadOnlyList<string> pages = Drain(_windows).Any() ? await newPages() : [];
        DialogInfo[] dialogs = [.. _answered];
        return new ElementResult
        {
            Element = element,
            Navigated = _hasNavigated,
            Dialogs = dialogs.Length > 0 ? dialogs : null,
            Pages = pages.Count > 0 ? pages : null,
            Downloads = downloads.Length > 0 ? downloads : null,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _answering;
        foreach (var subscription in (CdpSubscription[])[_dialogs, _requested, _navigated, _moved, _stopped, _windows, _downloads])
        {
            subscription.Dispose();
        }

        _end.Dispose();
    }

    // What the page told before it answers this has come before the answer.
    private async Task PassAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _page.SendAsync("Runtime.evaluate", static writer => writer.WriteString("expression"u8, "1"), cancellationToken);
        }
        catch (CdpProtocolException)
        {
            // The document went meanwhile, which is told by events too.
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            await foreach (var opened in _dialogs.ReadAllAsync(_end.Token))
            {
                _answered.Enqueue(new DialogInfo
                {
                    Type = opened.Parameters.GetProperty("type"u8).GetString() ?? string.Empty,
                    Message = opened.Parameters.GetProperty("message"u8).GetString() ?? string.Empty,
                });
                await _page.SendAsync("Page.handleJavaScriptDialog", static writer => writer.WriteBoolean("accept"u8, false), _end.Token);
            }
        }
        catch (Exception error) when (error is CdpException or OperationCanceledException)
        {
            // The page has gone, or nobody watches any more.
        }
    }

    private static async Task<bool> NextAsync(CdpSubscription events, Func<CdpEvent, bool> fits, bool isNavigation, CancellationToken cancellationToken)
    {
        await foreach (var next in events.ReadAllAsync(cancellationToken))
        {
            if (fits(next))
            {
                break;
            }
        }

        return isNavigation;
    }

    private static IEnumerable<CdpEvent> Drain(CdpSubscription events)
    {
        while (events.TryRead(out var next))
        {
            yield return next;
        }
    }

    // The main frame of a page has the id of its target.
    private bool IsMain(CdpEvent told, string member) => IsMain(told.Parameters, member);

    private bool IsMain(JsonElement told, string member) => told.TryGetProperty(member, out var id) && id.ValueEquals(_page.TargetId);
}
