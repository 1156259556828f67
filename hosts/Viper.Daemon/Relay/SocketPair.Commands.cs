using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Viper.Daemon.Relay;

/// <summary>What the daemon itself says in a relayed connection: answers to commands that it judged, and pings.</summary>
internal sealed partial class SocketPair
{
    private bool _agentTakes = true;
    private bool _heard = true;
    private bool _isHeldBack;

    /// <summary>Sends frames on, or judges the one that is there.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask TakeAsync(GateStep step, ReadOnlySequence<byte> bytes)
    {
        if (_fromClient.TakeData())
        {
            activity.Touch();
        }

        switch (step)
        {
            case GateStep.Pass:
                await PassAsync(bytes);
                break;
            case GateStep.Judge:
                await JudgeAsync(bytes);
                break;
            case GateStep.Refuse:
                _own!.Add(CommandAnswers.Refused(_fromClient.RefusedId, null, _fromClient.Refusal));
                await PassControlAsync(bytes);
                break;
        }
    }

    private Task PassControlAsync(ReadOnlySequence<byte> frames) => PassAsync(new ReadOnlySequence<byte>(CommandGate.ReadControl(frames))).AsTask();

    private async Task JudgeAsync(ReadOnlySequence<byte> frames)
    {
        if (CdpCommand.TryRead(CommandGate.ReadHeld(frames)) is not { } command)
        {
            _own!.Add(CommandAnswers.Refused(null, null, "The command is not JSON that can be read in one way only."));
            await PassControlAsync(frames);
            return;
        }

        switch (policy.Judge(command))
        {
            case CommandVerdict.Replace other:
                await PassAsync(new ReadOnlySequence<byte>(CommandAnswers.ToBrowser(other.Message.Span)));
                await PassControlAsync(frames);
                break;
            case CommandVerdict.Refuse refusal:
                _own!.Add(CommandAnswers.Refused(command.Id, command.SessionId, refusal.Why));
                await PassControlAsync(frames);
                break;
            case CommandVerdict.Leave:
                _own!.Add(CommandAnswers.Done(command));
                End(SocketEnd.BrowserClose);
                break;
            default:
                await PassAsync(frames);
                break;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PassAsync(ReadOnlySequence<byte> bytes)
    {
        // Who is held back by a slow guest cannot be heard meanwhile, and is not to be taken for gone.
        Volatile.Write(ref _isHeldBack, true);
        foreach (ReadOnlyMemory<byte> chunk in bytes)
        {
            _agentTakes = _agentTakes && await SendAsync(chunk);
        }

        Volatile.Write(ref _isHeldBack, false);
    }

    /// <summary>Sends what is our own to the caller; false when it does not take it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TrySendOwnAsync(PipeWriter output, CancellationToken late)
    {
        while (_own!.TryTake(out ReadOnlyMemory<byte> frame))
        {
            if (!frame.IsEmpty && (await output.WriteAsync(frame, late)).IsCompleted)
            {
                return false;
            }
        }

        return true;
    }

    private async Task PingAsync()
    {
        int silent = 0;
        try
        {
            while (true)
            {
                await Task.Delay(PingInterval, time, _over.Token);
                bool isThere = Interlocked.Exchange(ref _heard, false) || Volatile.Read(ref _isHeldBack);
                silent = isThere ? 0 : silent + 1;
                if (silent > MaxSilent)
                {
                    abortClient();
                    return;
                }

                _own!.Add(CommandAnswers.Ping);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is over.
        }
    }
}
