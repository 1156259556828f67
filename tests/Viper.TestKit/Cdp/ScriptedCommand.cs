using System.Text;
using System.Text.Json;
using Viper.Cdp.Frames;

namespace Viper.TestKit.Cdp;

/// <summary>A command that a client has sent to a <see cref="ScriptedBrowser"/>.</summary>
public sealed class ScriptedCommand
{
    private readonly WebSocketWriter _writer;

    private ScriptedCommand(WebSocketWriter writer, JsonElement message)
    {
        _writer = writer;
        Id = message.GetProperty("id").GetInt32();
        Method = message.GetProperty("method").GetString()!;
        SessionId = message.TryGetProperty("sessionId", out JsonElement session) ? session.GetString() : null;
        Parameters = message.TryGetProperty("params", out JsonElement parameters) ? parameters.Clone() : default;
    }

    public int Id { get; }

    public string Method { get; }

    public string? SessionId { get; }

    public JsonElement Parameters { get; }

    /// <summary>Answers with a result.</summary>
    public Task AnswerAsync(string result) => WriteAsync($$"""{"id":{{Id}},"result":{{result}}{{Session}}}""");

    /// <summary>Answers with an error.</summary>
    public Task FailAsync(int code, string message) =>
        WriteAsync($$$"""{"id":{{{Id}}},"error":{"code":{{{code}}},"message":"{{{message}}}"}{{{Session}}}}""");

    /// <summary>Sends an event of the command's session.</summary>
    public Task EmitAsync(string method, string parameters) => WriteAsync($$"""{"method":"{{method}}","params":{{parameters}}{{Session}}}""");

    /// <summary>Sends a text as it is, in fragments of a length; 0 for one frame.</summary>
    public async Task WriteAsync(string text, int fragment = 0)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int step = fragment == 0 ? Math.Max(1, bytes.Length) : fragment;
        for (int at = 0; at < bytes.Length; at += step)
        {
            _writer.TryWrite(
                at == 0 ? WebSocketOpcode.Text : WebSocketOpcode.Continuation, bytes.AsSpan(at, Math.Min(step, bytes.Length - at)), at + step >= bytes.Length);
        }

        await _writer.DrainAsync();
    }

    /// <summary>Ends the connection.</summary>
    public Task CloseAsync(int code, string reason)
    {
        _writer.TryWriteClose(code, reason);
        return Task.CompletedTask;
    }

    internal static ScriptedCommand Read(ReadOnlyMemory<byte> message, WebSocketWriter writer)
    {
        using JsonDocument document = JsonDocument.Parse(message);
        return new ScriptedCommand(writer, document.RootElement);
    }

    private string Session => SessionId is null ? "" : $",\"sessionId\":\"{SessionId}\"";
}
