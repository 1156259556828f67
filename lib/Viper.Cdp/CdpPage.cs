using System.Text.Json;
using Viper.Cdp.Domains;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <summary>A page, through a session of its own beside those of other clients.</summary>
/// <remarks>Disposing detaches the session; the page stays open. Safe for use by several threads, but navigations of one page replace each other.</remarks>
public sealed partial class CdpPage : IAsyncDisposable
{
    internal static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly CdpBrowser _browser;

    internal CdpPage(CdpBrowser browser, string targetId, string sessionId)
    {
        _browser = browser;
        TargetId = targetId;
        SessionId = sessionId;
        Session = browser.Connection.GetSession(sessionId);
    }

    /// <summary>Gets the page's target.</summary>
    public string TargetId { get; }

    /// <summary>Gets the session's id.</summary>
    public string SessionId { get; }

    /// <summary>Gets the session; the typed domains hang off it.</summary>
    public CdpSession Session { get; }

    /// <summary>Sends a command to the page; as <see cref="CdpConnection.SendAsync"/>.</summary>
    public Task<JsonElement> SendAsync(
        string method, Action<Utf8JsonWriter>? writeParameters = null, CancellationToken cancellationToken = default) =>
        _browser.Connection.SendAsync(method, writeParameters, SessionId, cancellationToken);

    /// <summary>Hears an event of the page; as <see cref="CdpConnection.Subscribe"/>.</summary>
    public CdpSubscription Subscribe(string method) => _browser.Connection.Subscribe(method, SessionId);

    /// <summary>Evaluates an expression in the page, waits for it when it is a promise, and answers its value.</summary>
    /// <returns>The value as JSON; <see cref="JsonValueKind.Undefined"/> for <c>undefined</c>.</returns>
    /// <exception cref="CdpScriptException">The expression threw, or the promise was rejected.</exception>
    public async Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var reply = await SendAsync(
            "Runtime.evaluate",
            writer =>
            {
                writer.WriteString("expression"u8, expression);
                writer.WriteBoolean("returnByValue"u8, true);
                writer.WriteBoolean("awaitPromise"u8, true);
            },
            cancellationToken).ConfigureAwait(false);
        return ValueOf(reply);
    }

    /// <summary>Asks for the page's title, as the page itself has it.</summary>
    public async Task<string> GetTitleAsync(CancellationToken cancellationToken = default)
    {
        var title = await EvaluateAsync("document.title", cancellationToken).ConfigureAwait(false);
        return title.ValueKind == JsonValueKind.String ? title.GetString()! : string.Empty;
    }

    /// <summary>Takes a picture of the page.</summary>
    /// <returns>The image file's bytes.</returns>
    public async Task<byte[]> ScreenshotAsync(CdpScreenshotOptions? options = null, CancellationToken cancellationToken = default)
    {
        var command = await DescribeScreenshotAsync(options, cancellationToken).ConfigureAwait(false);
        var result = await Session.SendAsync<Page.CaptureScreenshotCommand, Page.CaptureScreenshotResult>(command, cancellationToken).ConfigureAwait(false);
        return result.Data;
    }

    /// <summary>Detaches the session; an answer is waited for two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(Goodbye);
        try
        {
            await _browser.Connection.SendAsync(
                "Target.detachFromTarget", writer => writer.WriteString("sessionId"u8, SessionId), null, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CdpException or OperationCanceledException)
        {
            // The page, the browser or the connection is gone, and the session with it.
        }
    }

    private async Task<Page.CaptureScreenshotCommand> DescribeScreenshotAsync(CdpScreenshotOptions? options, CancellationToken cancellationToken)
    {
        options ??= new CdpScreenshotOptions();
        var command = new Page.CaptureScreenshotCommand
        {
            Format = options.Format switch
            {
                CdpImageFormat.Jpeg => Page.CaptureScreenshotFormat.Jpeg,
                CdpImageFormat.Webp => Page.CaptureScreenshotFormat.Webp,
                _ => Page.CaptureScreenshotFormat.Png,
            },
            Quality = options.Format == CdpImageFormat.Png ? null : options.Quality,
        };
        if (!options.FullPage)
        {
            return command;
        }

        var metrics = await Session.Page.GetLayoutMetricsAsync(cancellationToken).ConfigureAwait(false);
        var size = metrics.CssContentSize;
        return command with
        {
            CaptureBeyondViewport = true,
            Clip = new Page.Viewport { X = 0, Y = 0, Width = Math.Max(1, size.Width), Height = Math.Max(1, size.Height), Scale = 1 },
        };
    }

    private static string Describe(JsonElement details) =>
        details.TryGetProperty("exception"u8, out var exception)
            ? exception.OptionalText("description"u8) ?? (exception.TryGetProperty("value"u8, out var value) ? value.GetRawText() : "an exception")
            : details.OptionalText("text"u8) ?? "an exception";
}
