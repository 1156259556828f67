using System.Text.Json;
using Viper.Cdp.Protocol;

namespace Viper.Cdp;

/// <content>The receive loop.</content>
public sealed partial class CdpConnection
{
    private async Task ReceiveAsync()
    {
        CdpClosedException reason;
        try
        {
            while (true)
            {
                var message = await _transport.ReceiveAsync(_abort.Token).ConfigureAwait(false);
                Dispatch(IncomingMessage.Read(message.Span));
            }
        }
        catch (CdpClosedException error)
        {
            reason = error;
        }
        catch (OperationCanceledException error)
        {
            reason = new CdpClosedException("The connection was closed by this program.", null, error);
        }
        catch (JsonException error)
        {
            reason = new CdpClosedException($"Chrome sent what is not of the protocol: {error.Message}", null, error);
        }

        Shutdown(reason);
        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    private void Dispatch(in IncomingMessage message)
    {
        if (message.Id is { } id)
        {
            if (_calls.Remove(id) is not { } call)
            {
                return; // The late answer to a call that was cancelled.
            }

            if (message.IsError)
            {
                call.TrySetException(ToException(call.Method, message.Content));
            }
            else
            {
                call.TrySetResult(message.Content);
            }

            return;
        }

        if (message.Method is not { } method)
        {
            return;
        }

        _subscriptions.Publish(method, message.SessionId, message.Content);
        if (method == "Target.detachedFromTarget" && ReadSession(message.Content) is { } detached)
        {
            EndSession(detached, crashed: false);
        }
        else if (method == "Inspector.targetCrashed" && message.SessionId is { } crashed)
        {
            EndSession(crashed, crashed: true);
        }
    }

    /// <summary>Chrome never answers the commands of a session that has ended.</summary>
    private void EndSession(string sessionId, bool crashed)
    {
        var reason = new CdpSessionClosedException(sessionId, crashed);
        _calls.FailSession(sessionId, reason);
        _subscriptions.FailSession(sessionId, reason);
    }

    private static string? ReadSession(JsonElement parameters) =>
        parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("sessionId"u8, out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;

    private static CdpProtocolException ToException(string method, JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return new CdpProtocolException(method, 0, "an error without a description", null);
        }

        var code = error.TryGetProperty("code"u8, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : 0;
        return new CdpProtocolException(method, code, Text(error, "message"u8) ?? "an error without a description", Text(error, "data"u8));
    }

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.GetRawText();
}
