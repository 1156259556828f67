using System.Net;
using System.Net.Sockets;

namespace Viper.Orchestration.Internal;

/// <summary>Keeps a second daemon off a bridge, whatever state directory it has: each would remove the other's taps and lease its addresses.</summary>
/// <remarks>
/// A port below 1024 of the bridge's address: it belongs to the network namespace, as the bridge does, only privileged
/// programs can take it (ip(7), CAP_NET_BIND_SERVICE), and the kernel frees it with its holder, however that ends. Nothing is
/// ever received there. The address need not be there yet (IP_FREEBIND).
/// </remarks>
internal sealed class BridgeLock : IDisposable
{
    internal const int Port = 1;

    // linux/in.h
    private const int SOL_IP = 0;
    private const int IP_FREEBIND = 15;

    private const int Attempts = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly Socket _holder;

    private BridgeLock(Socket holder)
    {
        _holder = holder;
    }

    /// <summary>Takes the lock of a bridge; throws <c>host_not_ready</c> if another daemon has it.</summary>
    /// <remarks>It waits a moment: a program that the former holder was spawning when it ended holds copies of its descriptors until it runs.</remarks>
    public static BridgeLock Take(string bridge, IPAddress address)
    {
        for (int rest = Attempts; ; rest--)
        {
            if (TryTake(address) is { } taken)
            {
                return taken;
            }

            if (rest == 0)
            {
                throw InUse(bridge);
            }

            Thread.Sleep(s_pause);
        }
    }

    /// <summary>Takes the lock of the bridge that has this address; null if a daemon has it.</summary>
    public static BridgeLock? TryTake(IPAddress address)
    {
        Socket holder = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            holder.SetRawSocketOption(SOL_IP, IP_FREEBIND, BitConverter.GetBytes(1));
            holder.ExclusiveAddressUse = true;
            holder.Bind(new IPEndPoint(address, Port));
            return new BridgeLock(holder);
        }
        catch (SocketException e)
        {
            holder.Dispose();
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => null,
                SocketError.AccessDenied => throw EngineProblems.HostNotReady("The host's network may be changed by root only. Run as root.", e),
                _ => throw EngineProblems.HostNotReady($"The address {address} cannot be claimed: {e.Message}", e),
            };
        }
    }

    public void Dispose() => _holder.Dispose();

    private static EngineException InUse(string bridge) => EngineProblems.HostNotReady(
        $"The bridge {bridge} is in use by another daemon. Stop that one, or give this one a network of its own with --netns, or with --bridge, --host-ip and --subnet.");
}
