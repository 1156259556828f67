using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <content>Opening addresses.</content>
public sealed partial class CdpPage
{
    /// <summary>Chrome replaces an answer that has an error status and no body by a page of its own, and calls that a failure.</summary>
    private const string StatusWithoutBody = "net::ERR_HTTP_RESPONSE_CODE_FAILURE";

    /// <summary>Opens an address and waits for a moment of its loading.</summary>
    /// <param name="url">An absolute address.</param>
    /// <param name="waitUntil">The moment. A page that moves on by itself before it is followed.</param>
    /// <param name="timeout">The deadline for all of it; the loading is stopped when it passes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpNavigationException">Chrome could not open the address.</exception>
    /// <exception cref="CdpTimeoutException">The moment did not come within the deadline.</exception>
    /// <exception cref="CdpSessionClosedException">The page was closed or crashed meanwhile.</exception>
    public async Task<CdpNavigation> NavigateAsync(
        string url, CdpWaitUntil waitUntil, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        return await WithinAsync(
            $"The navigation to {url}", timeout, limit => NavigateAsync(url, waitUntil, limit), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until the document that is open has once had no request for half a second.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpSessionClosedException">The page was closed or crashed meanwhile.</exception>
    public async Task WaitForNetworkIdleAsync(CancellationToken cancellationToken = default)
    {
        using var lifecycle = Subscribe("Page.lifecycleEvent");

        // When they are switched on, Chrome tells again what the document has come to so far.
        await SendAsync("Page.setLifecycleEventsEnabled", static writer => writer.WriteBoolean("enabled"u8, false), cancellationToken).ConfigureAwait(false);
        await HearLoadingAsync(cancellationToken).ConfigureAwait(false);
        var idle = Name(CdpWaitUntil.NetworkIdle);
        await foreach (var next in lifecycle.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            // The main frame of a page has the id of its target.
            if (next.Parameters.OptionalText("frameId"u8) == TargetId && next.Parameters.OptionalText("name"u8) == idle)
            {
                return;
            }
        }
    }

    // All that opens documents ends by its deadline, and leaves no page that loads.
    private async Task<T> WithinAsync<T>(string what, TimeSpan timeout, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await work(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A page that goes on loading answers little else until it has.
            await StopLoadingAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new CdpTimeoutException(what, timeout);
        }
    }

    private async Task<CdpNavigation> NavigateAsync(string url, CdpWaitUntil waitUntil, CancellationToken cancellationToken)
    {
        using var lifecycle = Subscribe("Page.lifecycleEvent");
        using var responses = Subscribe("Network.responseReceived");

        await HearLoadingAsync(cancellationToken).ConfigureAwait(false);
        var reply = await SendAsync("Page.navigate", writer => writer.WriteString("url"u8, url), cancellationToken).ConfigureAwait(false);

        var loader = reply.OptionalText("loaderId"u8);
        if (reply.OptionalText("errorText"u8) is { Length: > 0 } netError)
        {
            return netError == StatusWithoutBody && loader is not null && FindStatus(responses, loader) is { } status
                ? new CdpNavigation(status, true)
                : throw new CdpNavigationException(url, netError);
        }

        if (loader is null)
        {
            return new CdpNavigation(null, false);
        }

        if (waitUntil != CdpWaitUntil.Commit)
        {
            loader = await WaitAsync(lifecycle, reply.Text("frameId"u8), loader, Name(waitUntil), cancellationToken).ConfigureAwait(false);
        }

        return new CdpNavigation(FindStatus(responses, loader), true);
    }

    // Answered before a navigation is asked for: that one is carried out in the browser's process and would overtake
    // these, which the page's own process carries out; events of the first document would then be missed.
    private async Task HearLoadingAsync(CancellationToken cancellationToken) => await Task.WhenAll(
        SendAsync("Inspector.enable", null, cancellationToken),
        SendAsync("Page.enable", null, cancellationToken),
        SendAsync("Network.enable", null, cancellationToken),
        SendAsync("Page.setLifecycleEventsEnabled", static writer => writer.WriteBoolean("enabled"u8, true), cancellationToken)).ConfigureAwait(false);

    /// <summary>Waits for an event of the document, or of the one that has replaced it; answers that one's loader.</summary>
    private static async Task<string> WaitAsync(
        CdpSubscription lifecycle, string frame, string loader, string wanted, CancellationToken cancellationToken)
    {
        var begun = false;
        await foreach (var next in lifecycle.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (next.Parameters.OptionalText("frameId"u8) != frame || next.Parameters.OptionalText("loaderId"u8) is not { } from)
            {
                continue;
            }

            var name = next.Parameters.OptionalText("name"u8);
            begun |= from == loader;
            if (begun && name == "init")
            {
                loader = from;
            }
            else if (begun && from == loader && name == wanted)
            {
                break;
            }
        }

        return loader;
    }

    private static int? FindStatus(CdpSubscription responses, string loader)
    {
        int? status = null;
        while (responses.TryRead(out var next))
        {
            if (next.Parameters.OptionalText("loaderId"u8) == loader
                && next.Parameters.OptionalText("requestId"u8) == loader
                && next.Parameters.Member("response"u8).Number("status"u8) is > 0 and var value)
            {
                status = (int)value;
            }
        }

        return status;
    }

    private async Task StopLoadingAsync()
    {
        using var deadline = new CancellationTokenSource(Goodbye);
        try
        {
            await SendAsync("Page.stopLoading", null, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CdpException or OperationCanceledException)
        {
            // The page does not answer at all; what the caller learns is the deadline.
        }
    }

    private static string Name(CdpWaitUntil moment) => moment switch
    {
        CdpWaitUntil.DomContentLoaded => "DOMContentLoaded",
        CdpWaitUntil.NetworkIdle => "networkIdle",
        _ => "load",
    };
}
