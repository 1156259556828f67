using System.Runtime.CompilerServices;
using Viper.Cdp.Domains;

namespace Viper.Cdp;

/// <summary>Sessions of their own for all pages, those that are there and those that come, until it is disposed.</summary>
/// <remarks>For one reader. Pages never wait for a debugger, so that other clients of the browser are not held up.</remarks>
public sealed class CdpAutoAttach : IAsyncDisposable
{
    private readonly CdpBrowser _browser;
    private readonly CdpEventStream<Target.AttachedToTargetEvent> _attached;

    internal CdpAutoAttach(CdpBrowser browser)
    {
        _browser = browser;
        _attached = browser.Connection.Browser.Subscribe<Target.AttachedToTargetEvent>();
    }

    /// <summary>Goes through the pages as they come, without end.</summary>
    /// <exception cref="CdpClosedException">The connection has ended.</exception>
    public async IAsyncEnumerable<CdpPage> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var next in _attached.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (next.TargetInfo.Type == "page")
            {
                yield return new CdpPage(_browser, next.TargetInfo.TargetId, next.SessionId);
            }
        }
    }

    /// <summary>Stops attaching; sessions that are there stay until their pages are disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        _attached.Dispose();
        using var deadline = new CancellationTokenSource(CdpPage.Goodbye);
        try
        {
            await SetAsync(false, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CdpException or OperationCanceledException)
        {
            // The browser or the connection is gone, and with it what would attach.
        }
    }

    internal ValueTask SetAsync(bool isOn, CancellationToken cancellationToken) =>
        _browser.Connection.Browser.Target.SetAutoAttachAsync(isOn, waitForDebuggerOnStart: false, flatten: true, cancellationToken: cancellationToken);
}
