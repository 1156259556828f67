using System.Net;
using System.Text;

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>An entry of the anti-spoof set: which tap may speak with which addresses.</summary>
/// <param name="TapName">The tap.</param>
/// <param name="Mac">Its guest's Ethernet address.</param>
/// <param name="Ip">Its guest's address.</param>
internal sealed record GuestKey(string TapName, MacAddress Mac, IPAddress Ip)
{
    private const int NameLength = 16;
    private const int MacOffset = NameLength;
    private const int IpOffset = MacOffset + 8;
    private const int Length = IpOffset + 4;

    internal static IEnumerable<GuestKey> ReadAll(IEnumerable<NftElement> elements)
    {
        foreach (NftElement element in elements)
        {
            if (element.Key.Length == Length)
            {
                yield return Read(element.Key.Span);
            }
        }
    }

    private static GuestKey Read(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> name = key[..NameLength];
        int end = name.IndexOf((byte)0);
        return new GuestKey(
            Encoding.UTF8.GetString(end < 0 ? name : name[..end]),
            new MacAddress(key.Slice(MacOffset, MacAddress.Length)),
            new IPAddress(key.Slice(IpOffset, 4)));
    }
}
