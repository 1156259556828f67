using System.Net;

namespace Viper.Net.Protocol.Route;

/// <summary>Arithmetic on networks.</summary>
internal static class NetworkAddress
{
    /// <summary>The network that an address belongs to: <see cref="IPNetwork"/> itself refuses host bits.</summary>
    internal static IPNetwork Mask(IPAddress address, int prefixLength)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        for (int i = 0; i < length; i++)
        {
            int kept = Math.Clamp(prefixLength - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        return new IPNetwork(new IPAddress(bytes[..length]), prefixLength);
    }
}
