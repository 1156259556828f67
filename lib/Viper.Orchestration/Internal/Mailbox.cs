using System.Threading.Channels;

namespace Viper.Orchestration.Internal;

/// <summary>Runs what is posted to it one after another, in order: the one writer of a VM's state.</summary>
internal sealed class Mailbox
{
    private readonly Channel<Func<Task>> _posts = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends once <see cref="Close"/> was called and everything posted before has run.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins to run what is posted, and what has been; to be called once.</summary>
    public void Begin() => _ = Task.Run(RunAsync);

    /// <summary>Runs <paramref name="work"/> after everything posted before; false if the mailbox is closed.</summary>
    public bool TryPost<T>(Func<Task<T>> work, out Task<T> result)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        result = done.Task;
        return _posts.Writer.TryWrite(async () =>
        {
            try
            {
                done.TrySetResult(await work().ConfigureAwait(false));
            }
            catch (OperationCanceledException e)
            {
                done.TrySetCanceled(e.CancellationToken);
            }
#pragma warning disable CA1031 // Whatever the work threw belongs to whoever waits for its result.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.TrySetException(e);
            }
        });
    }

    /// <summary>Takes no more posts.</summary>
    public void Close() => _posts.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (Func<Task> work in _posts.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await work().ConfigureAwait(false);
        }

        _completion.TrySetResult();
    }
}
