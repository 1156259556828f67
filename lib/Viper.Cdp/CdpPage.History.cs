using System.Text.Json;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <content>Going back and forward, and loading again.</content>
public sealed partial class CdpPage
{
    private const string RestoredFromCache = "BackForwardCacheRestore";

    /// <summary>Loads the document again and waits for a moment of its loading.</summary>
    /// <param name="ignoreCache">Whether everything is fetched again.</param>
    /// <param name="waitUntil">The moment.</param>
    /// <param name="timeout">The deadline for all of it; the loading is stopped when it passes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpTimeoutException">The moment did not come within the deadline.</exception>
    /// <exception cref="CdpSessionClosedException">The page was closed or crashed meanwhile.</exception>
    public Task<CdpNavigation> ReloadAsync(
        bool ignoreCache, CdpWaitUntil waitUntil, TimeSpan timeout, CancellationToken cancellationToken = default) => WithinAsync(
            "The reload",
            timeout,
            limit => FollowAsync(
                () => SendAsync("Page.reload", writer => writer.WriteBoolean("ignoreCache"u8, ignoreCache), limit), waitUntil, limit),
            cancellationToken);

    /// <summary>Goes through the page's history and waits for a moment of the loading.</summary>
    /// <param name="steps">How far: -1 is back, 1 is forward.</param>
    /// <param name="waitUntil">The moment; a document that was kept, or a step within one, is there at once.</param>
    /// <param name="timeout">The deadline for all of it; the loading is stopped when it passes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>What it came to; null when the history does not go that far, and nothing was done.</returns>
    /// <exception cref="CdpTimeoutException">The moment did not come within the deadline.</exception>
    /// <exception cref="CdpSessionClosedException">The page was closed or crashed meanwhile.</exception>
    public async Task<CdpNavigation?> GoAsync(
        int steps, CdpWaitUntil waitUntil, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var history = await Session.Page.GetNavigationHistoryAsync(cancellationToken).ConfigureAwait(false);
        var place = history.CurrentIndex + steps;
        if (place < 0 || place >= history.Entries.Count || steps == 0)
        {
            return null;
        }

        var entry = history.Entries[place].Id;
        return await WithinAsync(
            "The step through the history",
            timeout,
            limit => FollowAsync(
                () => SendAsync("Page.navigateToHistoryEntry", writer => writer.WriteNumber("entryId"u8, entry), limit), waitUntil, limit),
            cancellationToken).ConfigureAwait(false);
    }

    // Of what is asked for here Chrome does not say which document it makes; the next one of the main frame is it.
    private async Task<CdpNavigation> FollowAsync(Func<Task<JsonElement>> ask, CdpWaitUntil waitUntil, CancellationToken cancellationToken)
    {
        using var lifecycle = Subscribe("Page.lifecycleEvent");
        using var responses = Subscribe("Network.responseReceived");
        using var documents = Subscribe("Page.frameNavigated");
        using var steps = Subscribe("Page.navigatedWithinDocument");
        await HearLoadingAsync(cancellationToken).ConfigureAwait(false);
        await ask().ConfigureAwait(false);

        // The main frame of a page has the id of its target.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var document = NextAsync(documents, static next => next.Member("frame"u8), "id", either.Token);
        var step = NextAsync(steps, static next => next, "frameId", either.Token);
        var first = await Task.WhenAny(document, step).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        var told = await first.ConfigureAwait(false);
        await EndAsync(first == document ? step : document).ConfigureAwait(false);
        if (first == step)
        {
            return new CdpNavigation(null, false);
        }

        var loader = told.Member("frame"u8).Text("loaderId"u8);
        if (told.OptionalText("type"u8) == RestoredFromCache)
        {
            return new CdpNavigation(null, true);
        }

        if (waitUntil != CdpWaitUntil.Commit)
        {
            loader = await WaitAsync(lifecycle, TargetId, loader, Name(waitUntil), cancellationToken).ConfigureAwait(false);
        }

        return new CdpNavigation(FindStatus(responses, loader), true);
    }

    private async Task<JsonElement> NextAsync(
        CdpSubscription events, Func<JsonElement, JsonElement> part, string member, CancellationToken cancellationToken)
    {
        await foreach (var next in events.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (part(next.Parameters).TryGetProperty(member, out var id) && id.ValueEquals(TargetId))
            {
                return next.Parameters;
            }
        }

        throw new CdpClosedException("The events of the page have ended.");
    }

    private static async Task EndAsync(Task other)
    {
        try
        {
            await other.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // As it was asked to.
        }
    }
}
