using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Viper.Cdp.Frames;

namespace Viper.Daemon.Relay;

/// <summary>The frames that the daemon makes itself when it has judged a command.</summary>
internal static class CommandAnswers
{
    // The code of Chrome's own refusals.
    private const int ServerError = -32000;

    /// <summary>A ping without content, to a client.</summary>
    internal static ReadOnlyMemory<byte> Ping { get; } = new byte[] { 0x80 | (byte)WebSocketOpcode.Ping, 0 };

    /// <summary>The answer that a command was done, to a client.</summary>
    internal static ReadOnlyMemory<byte> Done(CdpCommand command) => ToClient(command.Id, command.SessionId, static (writer, _) =>
    {
        writer.WriteStartObject("result");
        writer.WriteEndObject();
    }, "");

    /// <summary>The answer that a command is refused, to a client.</summary>
    /// <param name="id">The command's number; null where it is not known.</param>
    /// <param name="session">The command's session; null for the connection's own.</param>
    /// <param name="why">The error's text.</param>
    internal static ReadOnlyMemory<byte> Refused(long? id, string? session, string why) => ToClient(id, session, static (writer, text) =>
    {
        writer.WriteStartObject("error");
        writer.WriteNumber("code", ServerError);
        writer.WriteString("message", text);
        writer.WriteEndObject();
    }, why);

    /// <summary>A text for the browser, masked as a client's must be.</summary>
    internal static ReadOnlyMemory<byte> ToBrowser(ReadOnlySpan<byte> message)
    {
        uint mask = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        byte[] frame = Frame(new WebSocketFrameHeader(true, WebSocketOpcode.Text, IsMasked: true, mask, message.Length), message);
        WebSocketMask.Apply(frame.AsSpan(frame.Length - message.Length), mask);
        return frame;
    }

    private static ReadOnlyMemory<byte> ToClient(long? id, string? session, Action<Utf8JsonWriter, string> write, string text)
    {
        ArrayBufferWriter<byte> message = new();
        using (Utf8JsonWriter writer = new(message))
        {
            writer.WriteStartObject();
            if (id is { } number)
            {
                writer.WriteNumber("id", number);
            }

            write(writer, text);
            if (session is not null)
            {
                writer.WriteString("sessionId", session);
            }

            writer.WriteEndObject();
        }

        return Frame(new WebSocketFrameHeader(true, WebSocketOpcode.Text, IsMasked: false, 0, message.WrittenCount), message.WrittenSpan);
    }

    private static byte[] Frame(WebSocketFrameHeader header, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[header.Size + payload.Length];
        payload.CopyTo(frame.AsSpan(header.Write(frame)));
        return frame;
    }
}
