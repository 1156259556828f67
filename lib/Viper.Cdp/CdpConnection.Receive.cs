using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Viper.Cdp.Frames;
using Viper.Cdp.Internal;
using Viper.Cdp.Protocol;

namespace Viper.Cdp;

/// <content>The receive loop.</content>
public sealed partial class CdpConnection
{
    private const int KeptMessage = 16 * 1024;

    private readonly PooledBuffer _joined = new(KeptMessage);

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                await TakeAsync(await _transport.Input.ReadAsync().ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            await EndAsync(ToReason(error)).ConfigureAwait(false);
        }
    }

    private Task ReceiveOnThreadAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            ReceiveOnThread();
            done.SetResult();
        })
        {
            IsBackground = true,
            Name = "cdp-receive",
        }.Start();
        return done.Task;
    }

    private void ReceiveOnThread()
    {
        try
        {
            while (true)
            {
                // A socket of ours has blocked this thread and is complete; the pipe of a caller may not be.
                var reading = _transport.Input.ReadAsync();
                var taking = TakeAsync(reading.IsCompletedSuccessfully ? reading.Result : reading.AsTask().GetAwaiter().GetResult());
                if (!taking.IsCompletedSuccessfully)
                {
                    taking.AsTask().GetAwaiter().GetResult();
                }
            }
        }
        catch (Exception error)
        {
            EndAsync(ToReason(error)).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Takes all whole messages out of what has come.</summary>
    private async ValueTask TakeAsync(System.IO.Pipelines.ReadResult read)
    {
        var buffer = read.Buffer;
        while (_framing.TryTake(ref buffer, out var piece))
        {
            if (piece is { IsFirst: true, IsLast: true, Bytes.IsSingleSegment: true } && !_calls.HasStreamed)
            {
                Dispatch(piece.Bytes.FirstSpan);
            }
            else
            {
                await TakePieceAsync(piece).ConfigureAwait(false);
            }
        }

        _transport.Input.AdvanceTo(buffer.Start, buffer.End);
        if (read.IsCompleted)
        {
            throw new CdpClosedException("Chrome ended the connection without a close frame.");
        }

        if (read.IsCanceled && Volatile.Read(ref _disposed) != 0)
        {
            throw new CdpClosedException("The connection was closed by this program.");
        }
    }

    private void Dispatch(ReadOnlySpan<byte> message, bool isJoined = false)
    {
        if (!Utf8.IsValid(message))
        {
            throw new CdpFrameException(WebSocketCloseCode.InvalidPayload, "sent a text that is not UTF-8");
        }

        var envelope = Envelope.Read(message);
        if (envelope.Id is { } id)
        {
            // Nobody is found for the late answer to a call that was cancelled.
            if (_calls.Take(id) is { } call)
            {
                Complete(call, envelope, isJoined);
            }

            return;
        }

        if (envelope.Method.IsEmpty)
        {
            return;
        }

        Routes.Publish(new CdpEventView(envelope.Method, envelope.SessionId, envelope.Content));
        if (envelope.Method.SequenceEqual("Target.detachedFromTarget"u8))
        {
            EndSession(new CdpJson(envelope.Content)["sessionId"u8].GetString(), crashed: false);
        }
        else if (envelope.Method.SequenceEqual("Inspector.targetCrashed"u8))
        {
            EndSession(Encoding.UTF8.GetString(envelope.SessionId), crashed: true);
        }
    }

    private void Complete(PendingCall call, Envelope envelope, bool isJoined)
    {
        if (envelope.IsError)
        {
            call.SetException(ToException(call.Method, new CdpJson(envelope.Content)));
        }
        else if (isJoined)
        {
            // A long answer is handed over with its memory instead of being copied.
            call.SetResult(_joined.Detach(), envelope.ContentStart, envelope.Content.Length);
        }
        else
        {
            call.SetResult(envelope.Content);
        }
    }

    /// <summary>Chrome never answers the commands of a session that has ended.</summary>
    private void EndSession(string? sessionId, bool crashed)
    {
        if (!string.IsNullOrEmpty(sessionId))
        {
            _calls.FailSession(sessionId, crashed);
            Routes.FailSession(sessionId, new CdpSessionClosedException(sessionId, crashed));
        }
    }

    private CdpClosedException ToReason(Exception error)
    {
        switch (error)
        {
            case CdpClosedException closed:
                return closed;
            case CdpFrameException frame:
                _framing.Close(frame.CloseCode);
                return new CdpClosedException($"Chrome {frame.Message}; the connection is ended.", frame.CloseCode, frame);
            case JsonException:
                _framing.Close(WebSocketCloseCode.InvalidPayload);
                return new CdpClosedException($"Chrome sent what is not of the protocol: {error.Message}", null, error);
            case IOException or ObjectDisposedException:
                return new CdpClosedException($"The connection to Chrome broke: {error.Message}", null, error);
            default:
                // Nothing but a handler of the caller's throws what is not named above.
                _framing.Close(WebSocketCloseCode.InternalError);
                return new CdpClosedException($"The connection was ended because the handler of an event failed: {error.Message}", null, error);
        }
    }

    private async ValueTask EndAsync(CdpClosedException reason)
    {
        Shutdown(reason);
        EndStream(reason);
        using var deadline = new CancellationTokenSource(s_goodbye);
        try
        {
            await _framing.DrainAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The peer did not wait for the answer to its close frame; its own reason is the one that counts.
        }

        await CloseTransportAsync().ConfigureAwait(false);
        await _transport.Input.CompleteAsync().ConfigureAwait(false);
        _joined.Release();
    }

    private static CdpProtocolException ToException(string method, CdpJson error) => new(
        method,
        error["code"u8].GetInt32() ?? 0,
        error["message"u8].GetString() ?? "an error without a description",
        error["data"u8] is { IsPresent: true } data ? data.GetString() ?? data.ToString() : null);
}
