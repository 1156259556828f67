namespace Viper.Net.Firewall;

/// <summary>An entry of the kernel's table of connections.</summary>
/// <param name="Original">The direction of its first packet.</param>
/// <param name="Reply">The direction of the answers; it differs from the reverse of <see cref="Original"/> where addresses are translated.</param>
/// <param name="Id">The kernel's number of the entry, which tells it from a later one with the same tuples.</param>
/// <param name="Zone">The zone that it was tracked in; 0 where nobody made zones.</param>
public sealed record TrackedConnection(ConnectionTuple Original, ConnectionTuple Reply, uint Id, ushort Zone)
{
    // As the kernel wrote it, so that protocols that we do not know are told apart too.
    internal ReadOnlyMemory<byte> OriginalBytes { get; init; }
}
