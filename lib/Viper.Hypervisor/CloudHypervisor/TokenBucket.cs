namespace Viper.Hypervisor;

/// <summary>A bucket of tokens, each paying for one byte or one operation.</summary>
/// <remarks>It refills at <see cref="Size"/> tokens in <see cref="RefillTime"/>.</remarks>
public sealed record TokenBucket
{
    /// <summary>How many tokens it holds, at least 0.</summary>
    public required long Size { get; init; }

    /// <summary>Extra tokens at the start that never come back; none when null.</summary>
    public long? OneTimeBurst { get; init; }

    /// <summary>The time in which an empty bucket fills, in milliseconds, at least 0.</summary>
    public required long RefillTime { get; init; }
}
