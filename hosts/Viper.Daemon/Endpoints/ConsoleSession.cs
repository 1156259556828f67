using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Relay;
using Viper.Hypervisor;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary>One caller at a VM's console: what the guest prints goes out, what the caller types goes in.</summary>
/// <remarks>A caller that takes nothing loses the oldest bytes and is told; the guest and other callers never wait for it.</remarks>
internal sealed class ConsoleSession(WebSocket socket, SerialViewer viewer, SerialWriter? writer, VmActivity activity)
{
    private const int OutputChunk = 16 * 1024;
    private const int InputChunk = 4 * 1024;

    // How long the engine may take to notice why a port has ended.
    private static readonly TimeSpan s_verdict = TimeSpan.FromSeconds(2);

    // How long a caller may take to answer a close frame: on a machine that is busy, seconds, and nobody else waits for it.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private static readonly SocketEnd s_ended = new(1011, "console_ended");
    private static readonly SocketEnd s_readOnly = new((ushort)WebSocketCloseStatus.PolicyViolation, "read_only");

    /// <summary>Runs until the port ends, the caller leaves or a token ends.</summary>
    /// <param name="why">Says why the VM's run is over, when it is.</param>
    /// <param name="runEnd">Ends when the VM's run does.</param>
    /// <param name="stopping">Ends when the daemon does.</param>
    /// <param name="aborted">Ends when the caller's connection does.</param>
    internal async Task RunAsync(Func<SocketEnd> why, CancellationToken runEnd, CancellationToken stopping, CancellationToken aborted)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        Task down = PrintAsync(over.Token);
        Task<SocketEnd?> up = TypeAsync(aborted);
        await Task.WhenAny(down, up, Task.Delay(Timeout.InfiniteTimeSpan, over.Token));
        SocketEnd? end = up.IsCompleted ? await up : s_ended;
        if (end == s_ended)
        {
            // An engine learns of the end a moment later than the port does.
            await WithinAsync(Task.Delay(Timeout.InfiniteTimeSpan, runEnd), s_verdict, over.Token);
            end = why();
            end = end == SocketEnd.AgentError ? s_ended : end;
        }

        // The right to type is free from here on, whatever the goodbye takes.
        writer?.Dispose();
        await over.CancelAsync();
        if (!await WithinAsync(down, s_grace, CancellationToken.None))
        {
            // The caller takes nothing, so there is no goodbye either.
            socket.Abort();
        }

        await down;
        await CloseAsync(end, up);
    }

    private async Task PrintAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(OutputChunk);
        long lost = 0;
        try
        {
            int count;
            while ((count = await viewer.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (viewer.BytesLost != lost)
                {
                    lost = viewer.BytesLost;
                    byte[] notice = JsonSerializer.SerializeToUtf8Bytes(new ConsoleNotice { BytesLost = lost }, ViperJson.Default.ConsoleNotice);
                    await socket.SendAsync(notice, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                }

                // Not to be cancelled: that would tear the connection before the goodbye.
                await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The caller is gone, or the end of it has been decided elsewhere.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What to close with; null when the caller has closed or is gone.
    private async Task<SocketEnd?> TypeAsync(CancellationToken aborted)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(InputChunk);
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                if (writer is null && received.Count > 0)
                {
                    return s_readOnly;
                }

                if (writer is not null && !await TryTypeAsync(buffer.AsMemory(0, received.Count), aborted))
                {
                    writer.Dispose();
                }
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // False when the port has ended; what is typed from then on goes nowhere, and the other direction tells the caller so.
    private async Task<bool> TryTypeAsync(ReadOnlyMemory<byte> bytes, CancellationToken aborted)
    {
        try
        {
            // What is typed is use of the VM; what it prints is not.
            activity.Touch();
            await writer!.WriteAsync(bytes, aborted);
            return true;
        }
        catch (Exception error) when (error is VmmConnectionException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task CloseAsync(SocketEnd? end, Task up)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using CancellationTokenSource late = new(s_grace);
                Task closing = end is null
                    ? socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, late.Token)
                    : socket.CloseOutputAsync((WebSocketCloseStatus)end.Code, end.Reason, late.Token);
                await closing;
                await WithinAsync(end is not null && up.IsCompleted ? HearOutAsync(late.Token) : up, s_grace, CancellationToken.None);
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The caller is gone already.
        }

        socket.Abort();
        await up;
    }

    // A connection that is closed while the caller still sends is reset, and the reason lost on the way.
    private async Task HearOutAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[InputChunk];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    private static async Task<bool> WithinAsync(Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(limit);
        await task.WaitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompletedSuccessfully;
    }
}
