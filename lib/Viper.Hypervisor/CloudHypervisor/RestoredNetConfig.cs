namespace Viper.Hypervisor;

/// <summary>New descriptors for a network card of a restored or received machine.</summary>
/// <remarks>Not in the program's description; it takes them since v40.</remarks>
public sealed record RestoredNetConfig
{
    /// <summary>The card's name.</summary>
    public required string Id { get; init; }

    /// <summary>How many of the passed descriptors are for it, one for each pair of queues.</summary>
    public required int NumFds { get; init; }
}
