using System.Buffers;
using System.Text.Json;
using Viper.Cdp.Internal;
using Viper.Cdp.Protocol;

namespace Viper.Cdp;

/// <content>The way of a command.</content>
public sealed partial class CdpConnection
{
    /// <summary>Writes a command as JSON behind room for the frame's header.</summary>
    private static byte[] WriteCommand(int id, string method, Action<Utf8JsonWriter>? writeParameters, string? sessionId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.GetSpan(FrameWriter.MaxHeaderSize);
        buffer.Advance(FrameWriter.MaxHeaderSize);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteNumber("id"u8, id);
        writer.WriteString("method"u8, method);
        if (sessionId is not null)
        {
            writer.WriteString("sessionId"u8, sessionId);
        }

        if (writeParameters is not null)
        {
            writer.WriteStartObject("params"u8);
            writeParameters(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private async Task<JsonElement> CallAsync(int id, PendingCall call, byte[] frame, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingCall)state!).TrySetCanceled(token), call);
        try
        {
            // Who gives up does not wait for a peer that does not read; the frame is then finished without the caller.
            await _transport.SendTextAsync(frame, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            return await call.Task.ConfigureAwait(false);
        }
        catch (CdpClosedException error)
        {
            // A failed write ends the connection for everyone, with this as the reason unless there was one before.
            Shutdown(error);
            throw;
        }
        finally
        {
            // Answered calls are gone already; a cancelled one leaves its place here, and its late answer finds nobody.
            _calls.Remove(id);
        }
    }
}
