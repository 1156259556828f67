using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Viper.Cdp.Frames;
using Viper.Cdp.Internal;
using Viper.Cdp.Protocol;
using Viper.Cdp.Streaming;

namespace Viper.Cdp;

/// <content>Messages that come in pieces: they are joined, or handed on while they come.</content>
public sealed partial class CdpConnection
{
    // Room for {"id":, a number, and the comma that ends it.
    private const int PeekBytes = 24;

    private Utf8Validator _text;
    private bool _isDecided;
    private PendingCall? _streamedCall;
    private StreamedText? _stream;

    private async ValueTask TakePieceAsync(MessagePiece piece)
    {
        if (piece.IsFirst)
        {
            _joined.Clear();
            _isDecided = false;
        }

        if (_streamedCall is null)
        {
            foreach (var memory in piece.Bytes)
            {
                _joined.Append(memory.Span);
            }

            if (!TryBeginStream(piece.IsLast))
            {
                if (piece.IsLast)
                {
                    Dispatch(_joined.Written, isJoined: true);
                }

                return;
            }

            await FeedAsync(new ReadOnlySequence<byte>(_joined.WrittenMemory)).ConfigureAwait(false);
            _joined.Clear();
        }
        else
        {
            await FeedAsync(piece.Bytes).ConfigureAwait(false);
        }

        if (piece.IsLast)
        {
            EndStream(null);
        }
    }

    /// <summary>Looks, once a message, whether it answers a call whose text is handed on.</summary>
    private bool TryBeginStream(bool isLast)
    {
        if (_isDecided || (_joined.Length < PeekBytes && !isLast))
        {
            return false;
        }

        _isDecided = true;
        var prefix = "{\"id\":"u8;
        if (!_calls.HasStreamed || !_joined.Written.StartsWith(prefix)
            || !Utf8Parser.TryParse(_joined.Written[prefix.Length..], out int id, out _)
            || _calls.TakeStreamed(id) is not { } call)
        {
            return false;
        }

        _streamedCall = call;
        _stream = call.Stream;
        _text = default;
        return true;
    }

    private async ValueTask FeedAsync(ReadOnlySequence<byte> piece)
    {
        foreach (var memory in piece)
        {
            if (!_text.TryAdd(memory.Span))
            {
                throw new CdpFrameException(WebSocketCloseCode.InvalidPayload, "sent a text that is not UTF-8");
            }
        }

        if (_stream is null)
        {
            return; // Nobody wants the rest.
        }

        try
        {
            if (await _stream.FeedAsync(piece).ConfigureAwait(false))
            {
                return;
            }
        }
        catch (JsonException error)
        {
            FailStream(new CdpProtocolException(_streamedCall!.Method, 0, error.Message, null));
        }
        catch (Exception error)
        {
            // The destination is the caller's, and so is what it throws.
            FailStream(error);
        }

        _stream?.Dispose();
        _stream = null;
    }

    private void FailStream(Exception error)
    {
        if (_stream!.TryEnd())
        {
            _streamedCall!.SetException(error);
        }
    }

    /// <summary>Completes the call whose answer was handed on; with a reason, because the connection has ended before all of it.</summary>
    private void EndStream(CdpClosedException? reason)
    {
        if (_stream is { } stream && _streamedCall is { } call && stream.TryEnd())
        {
            if (reason is not null)
            {
                call.SetException(PendingCalls.Again(reason));
            }
            else
            {
                CompleteStreamed(call, stream.Rest);
            }
        }

        _stream?.Dispose();
        _stream = null;
        _streamedCall = null;
    }

    private void CompleteStreamed(PendingCall call, ReadOnlySpan<byte> rest)
    {
        try
        {
            if (!_text.IsComplete)
            {
                throw new JsonException("The text is not UTF-8.");
            }

            Complete(call, Envelope.Read(rest), isJoined: false);
        }
        catch (JsonException error)
        {
            call.SetException(new CdpProtocolException(call.Method, 0, $"the answer is not of the protocol: {error.Message}", null));
        }
    }
}
