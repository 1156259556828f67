using Microsoft.AspNetCore.Http;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary>Sends what a source yields, as fast as the reader takes it, with a sign of life where nothing comes.</summary>
internal sealed class StreamPump(TimeProvider time)
{
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Runs until the source ends or the token does.</summary>
    /// <param name="source">What to send; read no faster than it is sent.</param>
    /// <param name="write">Puts one item into the buffer; false where it is not to be sent.</param>
    /// <param name="keepAlive">Puts a sign of life into the buffer; null where the format has none.</param>
    /// <param name="flush">Sends the buffer and waits while the reader is behind.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    internal async Task RunAsync<T>(
        IAsyncEnumerable<T> source, Func<T, bool> write, Action? keepAlive, Func<CancellationToken, Task> flush, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using IAsyncEnumerator<T> items = source.GetAsyncEnumerator(ended.Token);
        Task<bool> next = items.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (!await WithinAsync(next, cancellationToken))
                {
                    if (keepAlive is not null)
                    {
                        keepAlive();
                        await flush(cancellationToken);
                    }

                    continue;
                }

                if (!await next)
                {
                    return;
                }

                bool pending = write(items.Current);
                next = items.MoveNextAsync().AsTask();
                if (pending)
                {
                    await flush(cancellationToken);
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Whether an error of a stream is only the end of its reader, its VM or the daemon.</summary>
    internal static bool IsEnd(Exception error, HttpContext context) =>
        error is OperationCanceledException || (error is EngineException or IOException && context.Response.HasStarted);

    private async Task<bool> WithinAsync(Task next, CancellationToken cancellationToken)
    {
        if (next.IsCompleted)
        {
            return true;
        }

        using CancellationTokenSource timer = new(s_keepAlive, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await next.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!next.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
