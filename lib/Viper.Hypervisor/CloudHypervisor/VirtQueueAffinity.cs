namespace Viper.Hypervisor;

/// <summary>The host CPUs that serve one queue of a disk.</summary>
public sealed record VirtQueueAffinity
{
    /// <summary>The queue, from 0.</summary>
    public required int QueueIndex { get; init; }

    /// <summary>The host's CPUs, from 0.</summary>
    public required IReadOnlyList<int> HostCpus { get; init; }
}
