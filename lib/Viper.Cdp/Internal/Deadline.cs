namespace Viper.Cdp.Internal;

/// <summary>Work that ends by a deadline.</summary>
internal static class Deadline
{
    /// <summary>Does something, and ends it when it takes too long.</summary>
    /// <param name="operation">What it is called in the error.</param>
    /// <param name="timeout">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it likes.</param>
    /// <param name="work">Does it.</param>
    /// <param name="cancellationToken">Ends it on behalf of the caller.</param>
    /// <exception cref="CdpTimeoutException">It took too long.</exception>
    internal static async Task<T> KeepAsync<T>(
        string operation, TimeSpan timeout, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await work(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            throw new CdpTimeoutException(operation, timeout);
        }
    }
}
