using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Viper.State.Internal;

/// <summary>IPv4 addresses as the numbers that order them.</summary>
internal static class Addresses
{
    internal static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(bytes, out _)
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
    }

    internal static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    /// <summary>The hosts of networks that do not overlap: without network, broadcast and excluded addresses.</summary>
    internal static HashSet<uint> Hosts(IReadOnlyCollection<IPNetwork> subnets, IReadOnlySet<IPAddress> excluded)
    {
        var hosts = new HashSet<uint>();
        foreach (IPNetwork subnet in subnets)
        {
            (uint first, uint last) = Range(subnet);
            if (subnet.PrefixLength is < 16 or > 30)
            {
                throw new ArgumentOutOfRangeException(nameof(subnets), subnet, "The pool needs networks of /16 to /30.");
            }

            if (subnets.Count(s => s.Contains(subnet.BaseAddress)) > 1)
            {
                throw new ArgumentException($"{subnet} overlaps with another network of the pool.", nameof(subnets));
            }

            for (uint n = first + 1; n < last; n++)
            {
                hosts.Add(n);
            }
        }

        foreach (IPAddress address in excluded)
        {
            if (address.AddressFamily == AddressFamily.InterNetwork)
            {
                hosts.Remove(Number(address));
            }
        }

        return hosts;
    }

    /// <summary>The first and the last address of a network.</summary>
    internal static (uint First, uint Last) Range(IPNetwork subnet)
    {
        if (subnet.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"The pool needs an IPv4 network, not {subnet}.", nameof(subnet));
        }

        uint first = Number(subnet.BaseAddress);
        return (first, first + (uint)((1UL << (32 - subnet.PrefixLength)) - 1));
    }
}
