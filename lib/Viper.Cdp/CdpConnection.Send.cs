using System.Text.Encodings.Web;
using System.Text.Json;
using Viper.Cdp.Frames;
using Viper.Cdp.Internal;
using Viper.Cdp.Streaming;

namespace Viper.Cdp;

/// <content>The way of a command.</content>
public sealed partial class CdpConnection
{
    private const int KeptJson = 16 * 1024;

    // What leaves here is no part of a web page; what is in UTF-8 may stay so.
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Lock _sending = new();
    private readonly PooledBuffer _json = new(KeptJson);
    private readonly Utf8JsonWriter _writer;

    internal ValueTask<CdpReply> CallAsync<TCommand>(
        ReadOnlySpan<byte> method, string? sessionId, in TCommand command, StreamedText? stream, CancellationToken cancellationToken)
        where TCommand : ICdpCommand
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = _calls.Add(method, sessionId, stream);
        var answer = call.Task;
        try
        {
            lock (_sending)
            {
                BeginCommand(call.Id, method, sessionId);
                _writer.WriteStartObject("params"u8);
                command.WriteParameters(_writer);
                _writer.WriteEndObject();
                EndCommand();
            }
        }
        catch
        {
            _calls.TryTake(call);
            throw;
        }

        return Watch(call, answer, cancellationToken);
    }

    internal ValueTask<CdpReply> CallAsync(
        ReadOnlySpan<byte> method, string? sessionId, ReadOnlySpan<byte> parameters, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = _calls.Add(method, sessionId, null);
        var answer = call.Task;
        try
        {
            lock (_sending)
            {
                BeginCommand(call.Id, method, sessionId);
                if (!parameters.IsEmpty)
                {
                    _writer.WritePropertyName("params"u8);
                    _writer.WriteRawValue(parameters, skipInputValidation: true);
                }

                EndCommand();
            }
        }
        catch
        {
            _calls.TryTake(call);
            throw;
        }

        return Watch(call, answer, cancellationToken);
    }

    private static ValueTask<CdpReply> Watch(PendingCall call, ValueTask<CdpReply> answer, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            call.CancelWith(cancellationToken);
        }

        return answer;
    }

    private void BeginCommand(int id, ReadOnlySpan<byte> method, string? sessionId)
    {
        if (_framing.UnsentBytes > _options.MaxUnsentBytes)
        {
            throw new CdpOverflowException(_options.MaxUnsentBytes);
        }

        _json.Clear();
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteNumber("id"u8, id);
        _writer.WriteString("method"u8, method);
        if (sessionId is not null)
        {
            _writer.WriteString("sessionId"u8, sessionId);
        }
    }

    private void EndCommand()
    {
        _writer.WriteEndObject();
        _writer.Flush();

        // False when the connection has ended, and the call has failed with its reason or is about to.
        _framing.TryWrite(_json.Written);
        _json.Clear();
    }

    /// <summary>A command whose name comes from elsewhere.</summary>
    private readonly struct NamedCommand(Action<Utf8JsonWriter>? writeParameters) : ICdpCommand
    {
        public static ReadOnlySpan<byte> Method => default;

        public void WriteParameters(Utf8JsonWriter writer) => writeParameters?.Invoke(writer);
    }
}
