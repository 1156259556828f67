using System.Text.Json;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <content>Scripts, with all that can be said of them.</content>
public sealed partial class CdpPage
{
    /// <summary>Evaluates an expression in the page.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Ends the waiting, not the script.</param>
    /// <exception cref="CdpScriptException">The expression threw, or the promise was rejected.</exception>
    /// <exception cref="CdpProtocolException">The value cannot be had, or the document went away meanwhile.</exception>
    public async Task<CdpScriptValue> EvaluateAsync(string expression, CdpScriptOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(options);
        var reply = await RunAsync(expression, options, byValue: true, cancellationToken).ConfigureAwait(false);
        ThrowIfThrown(reply);
        var result = reply.Member("result"u8);
        return new CdpScriptValue(
            result.Text("type"u8),
            result.TryGetProperty("value"u8, out var value) ? value : default,
            result.OptionalText("unserializableValue"u8));
    }

    /// <summary>Evaluates an expression whose value is an object, such as an element, and holds that in the page.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Ends the waiting, not the script.</param>
    /// <returns>The object, which the caller disposes of; null, with its value, where it is none: a text, a number, <c>null</c>.</returns>
    /// <exception cref="CdpScriptException">The expression threw, or the promise was rejected.</exception>
    public async Task<(CdpObject? Object, JsonElement Value)> HoldAsync(string expression, CdpScriptOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(options);
        var reply = await RunAsync(expression, options, byValue: false, cancellationToken).ConfigureAwait(false);
        var value = ValueOf(reply);
        return (reply.Member("result"u8).OptionalText("objectId"u8) is { } id ? new CdpObject(this, id) : null, value);
    }

    /// <summary>The value of a script's answer.</summary>
    internal static JsonElement ValueOf(JsonElement reply)
    {
        ThrowIfThrown(reply);
        return reply.Member("result"u8).TryGetProperty("value"u8, out var value) ? value : default;
    }

    private static void ThrowIfThrown(JsonElement reply)
    {
        if (reply.TryGetProperty("exceptionDetails"u8, out var details))
        {
            throw new CdpScriptException(Describe(details));
        }
    }

    private async Task<JsonElement> RunAsync(string expression, CdpScriptOptions options, bool byValue, CancellationToken cancellationToken)
    {
        int? context = options.IsolatedWorld is { } name ? await MakeWorldAsync(name, cancellationToken).ConfigureAwait(false) : null;
        return await SendAsync(
            "Runtime.evaluate",
            writer =>
            {
                writer.WriteString("expression"u8, expression);
                writer.WriteBoolean("returnByValue"u8, byValue);
                writer.WriteBoolean("awaitPromise"u8, options.AwaitPromise);
                if (context is { } id)
                {
                    writer.WriteNumber("contextId"u8, id);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    // Chrome answers with the world that is there, if one of this name is.
    private async Task<int> MakeWorldAsync(string name, CancellationToken cancellationToken)
    {
        var world = await SendAsync(
            "Page.createIsolatedWorld",
            writer =>
            {
                // The main frame of a page has the id of its target.
                writer.WriteString("frameId"u8, TargetId);
                writer.WriteString("worldName"u8, name);
            },
            cancellationToken).ConfigureAwait(false);
        return world.GetProperty("executionContextId"u8).GetInt32();
    }
}
