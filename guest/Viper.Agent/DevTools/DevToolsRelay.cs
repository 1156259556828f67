using System.Buffers;
using System.Net.Sockets;
using Viper.Agent.Browser;

namespace Viper.Agent.DevTools;

/// <summary>
/// Passes the bytes of one WebSocket between the host and Chrome: one buffer each way, nothing is queued, so the
/// slower side holds back the faster one. Ends both sides when either ends.
/// </summary>
internal sealed class DevToolsRelay : IDisposable
{
    private const int BufferSize = 64 * 1024;

    /// <summary>How long one side may go on after the other has ended.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(5);

    private readonly Socket _client;
    private readonly Socket _chrome;
    private readonly BrowserRun _run;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _abort = new();
    private readonly FrameTracker _frames = new();

    internal DevToolsRelay(Socket client, Socket chrome, BrowserRun run, CancellationToken stopping)
    {
        _client = client;
        _chrome = chrome;
        _run = run;
        _stopping = stopping;
    }

    /// <summary>Relays until both directions have ended. The caller owns the sockets and what was read of them too early.</summary>
    internal async Task RunAsync(ReadOnlyMemory<byte> fromClient, ReadOnlyMemory<byte> fromChrome)
    {
        await Task.WhenAll(PumpToChromeAsync(fromClient), PumpToClientAsync(fromChrome));
    }

    public void Dispose() => _abort.Dispose();

    private async Task PumpToChromeAsync(ReadOnlyMemory<byte> early)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var alive = await TrySendToChromeAsync(early);
            int count;
            while ((count = await _client.ReceiveAsync(buffer.AsMemory(0, BufferSize), _abort.Token)) > 0)
            {
                // What a dead Chrome cannot take is still read: unread input would destroy the close frame on its way.
                alive = alive && await TrySendToChromeAsync(buffer.AsMemory(0, count));
            }

            // The host has said all it will; Chrome may still answer what it has.
            _chrome.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is broken; the other direction is given the time to see it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            AbortLater();
        }
    }

    private async Task<bool> TrySendToChromeAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            await DevToolsClient.SendAllAsync(_chrome, data, _abort.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task PumpToClientAsync(ReadOnlyMemory<byte> early)
    {
        try
        {
            await ForwardAsync(early);
            var end = await CopyToClientAsync();
            AbortLater();
            await CloseClientAsync(end);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone or does not read: nothing can be told to it.
            _abort.Cancel();
        }
    }

    /// <summary>Copies until Chrome ends or the agent stops; answers why.</summary>
    private async Task<CloseFrame> CopyToClientAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(_stopping, _abort.Token);
        using var stop = _stopping.UnsafeRegister(static relay => ((DevToolsRelay)relay!).AbortLater(), this);
        try
        {
            while (true)
            {
                int count;
                try
                {
                    count = await _chrome.ReceiveAsync(buffer.AsMemory(0, BufferSize), reading.Token);
                }
                catch (SocketException)
                {
                    count = 0; // A killed Chrome resets its connections.
                }
                catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
                {
                    return CloseFrame.VmStopping;
                }

                if (count == 0)
                {
                    return await ReasonAsync();
                }

                await ForwardAsync(buffer.AsMemory(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ForwardAsync(ReadOnlyMemory<byte> data)
    {
        await DevToolsClient.SendAllAsync(_client, data, _abort.Token);
        _frames.Advance(data.Span);
    }

    /// <summary>Chrome ended the connection: it has closed the target, or it is itself at its end.</summary>
    private async Task<CloseFrame> ReasonAsync()
    {
        if (_frames.CloseSeen)
        {
            return CloseFrame.TargetClosed;
        }

        // The kernel closes a dying process's sockets before anyone can know that it dies.
        try
        {
            await _run.Exited.WaitAsync(TimeSpan.FromSeconds(1));
            return _stopping.IsCancellationRequested ? CloseFrame.VmStopping : CloseFrame.BrowserRestarted;
        }
        catch (TimeoutException)
        {
            return CloseFrame.TargetClosed;
        }
    }

    private async Task CloseClientAsync(CloseFrame end)
    {
        if (_frames is { AtBoundary: true, CloseSeen: false })
        {
            await DevToolsClient.SendAllAsync(_client, end.Bytes, _abort.Token);
        }

        _client.Shutdown(SocketShutdown.Send);
    }

    private void AbortLater() => _abort.CancelAfter(s_linger);
}
