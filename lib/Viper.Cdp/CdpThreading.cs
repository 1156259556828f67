namespace Viper.Cdp;

/// <summary>Which threads a connection works on.</summary>
public enum CdpThreading
{
    /// <summary>The thread pool's: a waiting connection holds no thread, and what follows an <c>await</c> may do what it likes.</summary>
    Shared,

    /// <summary>
    /// One of its own, on which also runs what follows an <c>await</c> of an answer, up to its next wait: the lowest latency and CPU
    /// use, at the cost of a thread. What runs there must not block, and above all not on another answer of the connection.
    /// </summary>
    Dedicated,
}
