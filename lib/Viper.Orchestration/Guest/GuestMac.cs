using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Viper.Orchestration.Guest;

/// <summary>The MAC address of a VM: the same for the same name and address, on every host and after every restart.</summary>
internal static class GuestMac
{
    /// <summary>Locally administered, unicast (IEEE 802, bits 1 and 0 of the first octet).</summary>
    private const byte Prefix = 0x02;

    /// <summary>The prefix and the first five bytes of SHA-1 of <c>name|ip</c>, colon-separated.</summary>
    /// <remarks>SHA-1 spreads addresses here; nothing is secured by it.</remarks>
    public static string Of(string name, IPAddress address)
    {
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The scheme is given by the design and guards nothing.
        SHA1.HashData(Encoding.UTF8.GetBytes($"{name}|{address}"), digest);
#pragma warning restore CA5350
        return $"{Prefix:x2}:{digest[0]:x2}:{digest[1]:x2}:{digest[2]:x2}:{digest[3]:x2}:{digest[4]:x2}";
    }
}
