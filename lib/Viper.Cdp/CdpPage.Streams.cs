using System.Buffers;
using Viper.Cdp.Domains;

namespace Viper.Cdp;

/// <content>What is too long to be held.</content>
public sealed partial class CdpPage
{
    /// <summary>Takes a picture of the page and writes the image file while Chrome sends it; memory stays bounded.</summary>
    /// <param name="destination">Where it is written; it stays the caller's.</param>
    /// <param name="options">The picture.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpProtocolException">Chrome answered with an error.</exception>
    public async Task ScreenshotAsync(Stream destination, CdpScreenshotOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var command = await DescribeScreenshotAsync(options, cancellationToken).ConfigureAwait(false);
        using var reply = await Session.CopyAsync(command, CdpPayload.Data, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As the other form, into a buffer.</summary>
    /// <param name="destination">Where it is written.</param>
    /// <param name="options">The picture.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task ScreenshotAsync(IBufferWriter<byte> destination, CdpScreenshotOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var command = await DescribeScreenshotAsync(options, cancellationToken).ConfigureAwait(false);
        using var reply = await Session.CopyAsync(command, CdpPayload.Data, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Prints the page as PDF and writes the file while Chrome sends it; memory stays bounded.</summary>
    /// <param name="destination">Where it is written; it stays the caller's.</param>
    /// <param name="options">How it is printed; how it is transferred is chosen here.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpProtocolException">Chrome answered with an error.</exception>
    public async Task PrintToPdfAsync(Stream destination, Page.PrintToPDFCommand options = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var printed = await Session.SendAsync<Page.PrintToPDFCommand, Page.PrintToPDFResult>(
            options with { TransferMode = Page.PrintToPDFTransferMode.ReturnAsStream }, cancellationToken).ConfigureAwait(false);
        await Session.CopyStreamAsync(
            printed.Stream ?? throw new CdpProtocolException("Page.printToPDF", 0, "the answer lacks the stream", null),
            destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Evaluates an expression whose value is a text and writes it as UTF-8 while Chrome sends it; memory stays bounded.</summary>
    /// <param name="expression">The expression; a promise is waited for.</param>
    /// <param name="destination">Where it is written; it stays the caller's.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpScriptException">The expression threw, the promise was rejected, or the value is no text.</exception>
    public async Task EvaluateTextAsync(string expression, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var command = new Runtime.EvaluateCommand { Expression = expression, ReturnByValue = true, AwaitPromise = true };
        using var reply = await Session.CopyAsync(command, CdpPayload.TextValue, destination, cancellationToken).ConfigureAwait(false);
        Judge(new Runtime.EvaluateResultView(reply.Result));
    }

    /// <summary>Waits for the first event from now on that fits.</summary>
    /// <typeparam name="T">The event (<c>Page.FrameNavigatedEvent</c>); its domain must have been enabled.</typeparam>
    /// <param name="predicate">Tells whether it fits; null for any.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <remarks>What causes the event is to be started after this call, and this call's task awaited after that.</remarks>
    /// <exception cref="CdpTimeoutException">None came in time.</exception>
    public async Task<T> WaitForEventAsync<T>(Func<T, bool>? predicate, TimeSpan timeout, CancellationToken cancellationToken = default)
        where T : ICdpEvent<T>
    {
        using var events = Session.Subscribe<T>();
        return await events.WaitAsync(predicate, timeout, cancellationToken).ConfigureAwait(false);
    }

    private static void Judge(Runtime.EvaluateResultView result)
    {
        if (result.ExceptionDetails.Json.IsPresent)
        {
            throw new CdpScriptException(Describe(result.ExceptionDetails.Json.ToElement()));
        }

        if (result.Result.Type != Runtime.RemoteObjectType.String)
        {
            throw new CdpScriptException($"The value is no text but of the type {result.Result.Json["type"u8].GetString()}.");
        }
    }
}
