using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>A caller's upgraded connection and an agent's socket: bytes pass both ways as they are, but for commands that a policy judges.</summary>
/// <remarks>
/// Bytes are received into the memory that they are sent from, and each direction reads no further than its pipe holds before it
/// has written, so whoever is slow holds the other back and nothing grows. Frames are followed; a frame of our own goes only where
/// one has ended. A caller that has sent nothing at all for <see cref="MaxSilent"/> pings is taken for gone.
/// </remarks>
internal sealed partial class SocketPair(IDuplexPipe client, AgentSocket agent, ICommandPolicy policy, Action abortClient, VmActivity activity, TimeProvider time) : IDisposable
{
    /// <summary>How often a caller is pinged.</summary>
    internal static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(20);

    /// <summary>How many pings in a row a caller may leave unanswered.</summary>
    internal const int MaxSilent = 3;

    // What is waited with, and what is read with once that was too little: an idle connection is to hold next to nothing.
    private const int IdleChunk = 2 * 1024;
    private const int BusyChunk = 64 * 1024;

    // How long a frame that has begun may take to end, a caller to take the last bytes and to answer a close frame.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    // An agent that vanishes with its VM is often noticed here before the engine knows.
    private static readonly TimeSpan s_verdict = TimeSpan.FromMilliseconds(300);

    private readonly FrameTracker _fromAgent = new();
    private readonly CommandGate _fromClient = new(policy);
    private readonly TaskCompletionSource _clientClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private OwnFrames? _own;
    private volatile SocketEnd? _leaving;

    /// <summary>Relays until either end closes or a token ends; returns what happened, for the log.</summary>
    /// <param name="why">Says why the agent is gone, when it is.</param>
    /// <param name="cut">Ends when neither end is to go on: with the VM's run, the daemon, or the ticket that let the caller in.</param>
    internal async Task<string> RunAsync(Func<SocketEnd> why, CancellationToken cut)
    {
        using CancellationTokenSource late = new(Timeout.InfiniteTimeSpan, time);
        using CancellationTokenRegistration starts = cut.UnsafeRegister(static (state) => ((CancellationTokenSource)state!).CancelAfter(s_grace), late);
        using OwnFrames own = new(cut);
        _own = own;
        Task up = ToAgentAsync();
        Task pings = PingAsync();
        Task<DownEnd> down = ToClientAsync(cut, late.Token);
        // Whatever comes after is not for the thread on which an end was noticed.
        await ((Task)Task.WhenAny(up, down)).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        string outcome;
        if (down.IsCompleted)
        {
            outcome = await EndFromAgentAsync(await down, why, cut);
        }
        else
        {
            outcome = "the caller left";
            HalfClose();
            await WithinAsync(down, s_grace);
        }

        // The loops end with their ends; nobody else may have their buffers before.
        agent.Dispose();
        await _over.CancelAsync();
        if (!await WithinAsync(Task.WhenAll(up, down), s_grace))
        {
            abortClient();
            await Task.WhenAll(up, down);
        }

        await pings;
        return outcome;
    }

    public void Dispose() => _over.Dispose();

    private async Task<string> EndFromAgentAsync(DownEnd down, Func<SocketEnd> why, CancellationToken cut)
    {
        if (_fromAgent.CloseSeen && down == DownEnd.WholeFrames)
        {
            return "closed";
        }

        // From here on the caller is read only for its answer.
        agent.Dispose();
        SocketEnd end = _leaving ?? why();
        if (end == SocketEnd.AgentError && !cut.IsCancellationRequested)
        {
            await WithinAsync(Task.Delay(Timeout.InfiniteTimeSpan, cut), s_verdict);
            end = why();
        }

        if (down != DownEnd.WholeFrames)
        {
            // Half a frame is out, or nothing can be sent. The only honest end is a torn connection.
            abortClient();
            return $"{end.Reason}, {(down == DownEnd.MidFrame ? "in the middle of a frame" : "and the caller took nothing more")}";
        }

        if (await WithinAsync(client.Output.WriteAsync(end.ToFrame(), _over.Token).AsTask(), s_grace))
        {
            await WithinAsync(_clientClosed.Task, s_grace);
        }
        else
        {
            abortClient();
        }

        return end.Reason;
    }

    private async Task<DownEnd> ToClientAsync(CancellationToken cut, CancellationToken late)
    {
        PipeWriter output = client.Output;
        try
        {
            if (agent.First.Length > 0)
            {
                _fromAgent.Advance(agent.First.Span);
                await output.WriteAsync(agent.First, late);
            }

            int size = IdleChunk;
            while (true)
            {
                if (_fromAgent.AtBoundary && !await TrySendOwnAsync(output, late))
                {
                    return DownEnd.NotTaken;
                }

                if (_fromAgent.AtBoundary && _leaving is not null)
                {
                    return DownEnd.WholeFrames;
                }

                Memory<byte> chunk = output.GetMemory(size);
                CancellationToken bell = _own!.Bell;
                int read = await ReceiveAsync(chunk, _fromAgent.AtBoundary ? bell : late);
                if (read == 0)
                {
                    if (_fromAgent.AtBoundary && bell.IsCancellationRequested && !cut.IsCancellationRequested && agent.IsOpen)
                    {
                        continue;
                    }

                    return _fromAgent.AtBoundary ? DownEnd.WholeFrames : DownEnd.MidFrame;
                }

                size = read == chunk.Length ? BusyChunk : IdleChunk;
                int boundary = _fromAgent.Advance(chunk.Span[..read]);
                NoteUse(_fromAgent);
                bool isLast = cut.IsCancellationRequested && boundary > 0;
                output.Advance(isLast ? boundary : read);
                FlushResult flushed = await output.FlushAsync(late);
                if (flushed.IsCompleted)
                {
                    return DownEnd.NotTaken;
                }

                if (isLast)
                {
                    return DownEnd.WholeFrames;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            return DownEnd.NotTaken;
        }
    }

    // Zero for every way in which there is nothing more to come.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(Memory<byte> chunk, CancellationToken cancellationToken)
    {
        try
        {
            return await agent.Socket.ReceiveAsync(chunk, cancellationToken);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private async Task ToAgentAsync()
    {
        PipeReader input = client.Input;
        try
        {
            bool isFollowed = true;
            while (true)
            {
                ReadResult read = await input.ReadAsync(_over.Token);
                Volatile.Write(ref _heard, true);
                ReadOnlySequence<byte> rest = read.Buffer;
                while (isFollowed && !rest.IsEmpty)
                {
                    GateStep step = _fromClient.Next(rest, out long length);
                    if (step == GateStep.Wait)
                    {
                        break;
                    }

                    isFollowed = step is not (GateStep.Malformed or GateStep.Unreadable);
                    if (isFollowed)
                    {
                        await TakeAsync(step, rest.Slice(0, length));
                        rest = rest.Slice(length);
                    }
                    else
                    {
                        End(step == GateStep.Malformed ? SocketEnd.ProtocolError : SocketEnd.UnreadableCommand);
                    }
                }

                // What is not followed any more is read and dropped, so that the caller comes to read its close frame.
                input.AdvanceTo(isFollowed ? rest.Start : read.Buffer.End, read.Buffer.End);
                if (_fromClient.CloseSeen)
                {
                    _clientClosed.TrySetResult();
                }

                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The caller is gone, or we are done with it.
        }
        finally
        {
            _clientClosed.TrySetResult();
        }
    }

    // What an agent that is gone does not take is read all the same, so that the caller comes to read its close frame.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await agent.Socket.SendAllAsync(bytes, _over.Token);
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // What follows is read and dropped.
            return false;
        }
    }

    // An open connection is no use of the VM, nor are the pings that keep it open.
    private void NoteUse(FrameTracker tracker)
    {
        if (tracker.TakeData())
        {
            activity.Touch();
        }
    }

    private void End(SocketEnd end)
    {
        _leaving ??= end;
        _own!.Add(default);
    }

    private void HalfClose()
    {
        try
        {
            agent.Socket.EndSending();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private async Task<bool> WithinAsync(Task task, TimeSpan limit)
    {
        await Task.WhenAny(task, Task.Delay(limit, time));
        return task.IsCompletedSuccessfully;
    }
}
