using System.Text.Json;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <summary>A page, through a session of its own beside those of other clients.</summary>
/// <remarks>Disposing detaches the session; the page stays open. Safe for use by several threads, but navigations of one page replace each other.</remarks>
public sealed partial class CdpPage : IAsyncDisposable
{
    private static readonly TimeSpan s_detach = TimeSpan.FromSeconds(2);

    private readonly CdpBrowser _browser;

    internal CdpPage(CdpBrowser browser, string targetId, string sessionId)
    {
        _browser = browser;
        TargetId = targetId;
        SessionId = sessionId;
    }

    /// <summary>Gets the page's target.</summary>
    public string TargetId { get; }

    /// <summary>Gets the session.</summary>
    public string SessionId { get; }

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
        if (reply.TryGetProperty("exceptionDetails"u8, out var details))
        {
            throw new CdpScriptException(Describe(details));
        }

        return reply.Member("result"u8).TryGetProperty("value"u8, out var value) ? value : default;
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
        options ??= new CdpScreenshotOptions();
        var size = options.FullPage ? await GetContentSizeAsync(cancellationToken).ConfigureAwait(false) : default;
        var result = await SendAsync(
            "Page.captureScreenshot", writer => WriteScreenshot(writer, options, size), cancellationToken).ConfigureAwait(false);
        return result.Member("data"u8).TryGetBytesFromBase64(out var image)
            ? image
            : throw new CdpProtocolException("Page.captureScreenshot", 0, "the image is not base64", null);
    }

    /// <summary>Detaches the session; an answer is waited for two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(s_detach);
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

    private async Task<(double Width, double Height)> GetContentSizeAsync(CancellationToken cancellationToken)
    {
        var metrics = await SendAsync("Page.getLayoutMetrics", null, cancellationToken).ConfigureAwait(false);
        var size = metrics.Member("cssContentSize"u8);
        return (Math.Max(1, size.Number("width"u8)), Math.Max(1, size.Number("height"u8)));
    }

    private static void WriteScreenshot(Utf8JsonWriter writer, CdpScreenshotOptions options, (double Width, double Height) size)
    {
        writer.WriteString("format"u8, options.Format switch
        {
            CdpImageFormat.Jpeg => "jpeg"u8,
            CdpImageFormat.Webp => "webp"u8,
            _ => "png"u8,
        });
        if (options is { Quality: { } quality, Format: not CdpImageFormat.Png })
        {
            writer.WriteNumber("quality"u8, quality);
        }

        if (!options.FullPage)
        {
            return;
        }

        writer.WriteBoolean("captureBeyondViewport"u8, true);
        writer.WriteStartObject("clip"u8);
        writer.WriteNumber("x"u8, 0);
        writer.WriteNumber("y"u8, 0);
        writer.WriteNumber("width"u8, size.Width);
        writer.WriteNumber("height"u8, size.Height);
        writer.WriteNumber("scale"u8, 1);
        writer.WriteEndObject();
    }

    private static string Describe(JsonElement details) =>
        details.TryGetProperty("exception"u8, out var exception)
            ? exception.OptionalText("description"u8) ?? (exception.TryGetProperty("value"u8, out var value) ? value.GetRawText() : "an exception")
            : details.OptionalText("text"u8) ?? "an exception";
}
