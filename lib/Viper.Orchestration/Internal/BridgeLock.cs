using System.Net.Sockets;

namespace Viper.Orchestration.Internal;

/// <summary>Keeps a second daemon off a bridge, whatever state directory it has: each would remove the other's taps and lease its addresses.</summary>
/// <remarks>
/// An abstract socket belongs to the network namespace, as the bridge does, and the kernel frees it with its holder,
/// however that ends (unix(7)).
/// </remarks>
internal sealed class BridgeLock : IDisposable
{
    private readonly Socket _holder;

    private BridgeLock(Socket holder)
    {
        _holder = holder;
    }

    /// <summary>Takes the lock of a bridge; throws <c>host_not_ready</c> if another daemon has it.</summary>
    public static BridgeLock Take(string bridge)
    {
        Socket holder = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            holder.Bind(new UnixDomainSocketEndPoint($"\0viper/bridge/{bridge}"));
            return new BridgeLock(holder);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            holder.Dispose();
            throw EngineProblems.HostNotReady(
                $"The bridge {bridge} is in use by another daemon. Stop that one, or give this one a network of its own with --netns, or with --bridge, --host-ip and --subnet.", e);
        }
    }

    public void Dispose() => _holder.Dispose();
}
