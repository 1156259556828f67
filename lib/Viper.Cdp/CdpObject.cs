using System.Text.Json;

namespace Viper.Cdp;

/// <summary>An object in a page that is held there, such as an element, until it is disposed or its document goes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CdpObject : IAsyncDisposable
{
    private readonly CdpPage _page;
    private readonly string _id;

    internal CdpObject(CdpPage page, string id)
    {
        _page = page;
        _id = id;
    }

    /// <summary>Calls a function with this object as its <c>this</c>; a promise is waited for.</summary>
    /// <param name="function">The function (<c>function (a) { … }</c>); an arrow has no <c>this</c>.</param>
    /// <param name="writeArgument">Writes the one argument as JSON; null for none.</param>
    /// <param name="cancellationToken">Ends the waiting, not the script.</param>
    /// <returns>The value as JSON; <see cref="JsonValueKind.Undefined"/> for <c>undefined</c>.</returns>
    /// <exception cref="CdpScriptException">The function threw, or the promise was rejected.</exception>
    /// <exception cref="CdpProtocolException">The object's document is gone.</exception>
    public async Task<JsonElement> CallAsync(string function, Action<Utf8JsonWriter>? writeArgument = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        var reply = await _page.SendAsync(
            "Runtime.callFunctionOn",
            writer =>
            {
                writer.WriteString("functionDeclaration"u8, function);
                writer.WriteString("objectId"u8, _id);
                writer.WriteBoolean("returnByValue"u8, true);
                writer.WriteBoolean("awaitPromise"u8, true);
                if (writeArgument is not null)
                {
                    writer.WriteStartArray("arguments"u8);
                    writer.WriteStartObject();
                    writer.WritePropertyName("value"u8);
                    writeArgument(writer);
                    writer.WriteEndObject();
                    writer.WriteEndArray();
                }
            },
            cancellationToken).ConfigureAwait(false);
        return CdpPage.ValueOf(reply);
    }

    /// <summary>Lets go of the object in the page; an answer is waited for two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(CdpPage.Goodbye);
        try
        {
            await _page.SendAsync("Runtime.releaseObject", writer => writer.WriteString("objectId"u8, _id), deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CdpException or OperationCanceledException)
        {
            // The document, the page or the connection is gone, and the object with it.
        }
    }
}
