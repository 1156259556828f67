namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>The last answer to a question, so that the same bytes need not be read again.</summary>
/// <remarks>Thread-safe. The same bytes mean the same value, and nobody can change it.</remarks>
internal sealed class LastAnswer<T>
    where T : class
{
    // Beyond this an answer is not worth holding for the life of the client.
    private const int KeptBytes = 64 * 1024;

    private volatile Entry? _last;

    /// <summary>The value of these bytes, as a task that has completed, if they are those of the last answer.</summary>
    public Task<T>? Find(ReadOnlySpan<byte> body) => _last is { } last && body.SequenceEqual(last.Body) ? last.Answer : null;

    /// <summary>Takes an answer, whose bytes are no longer the caller's.</summary>
    public void Keep(byte[] body, T value) => _last = body.Length <= KeptBytes ? new Entry(body, Task.FromResult(value)) : null;

    private sealed record Entry(byte[] Body, Task<T> Answer);
}
