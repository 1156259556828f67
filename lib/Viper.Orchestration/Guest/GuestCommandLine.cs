using System.Net;
using System.Text;

namespace Viper.Orchestration.Guest;

/// <summary>The kernel command line of a VM.</summary>
internal static class GuestCommandLine
{
    /// <summary>Joins what the image asks for, the VM's address and what its owner added.</summary>
    /// <remarks>
    /// <c>ip=client::gateway:netmask:hostname:device:autoconf:dns0:dns1</c>, as in the kernel's
    /// Documentation/admin-guide/nfs/nfsroot.rst; the guest's init reads it, for Debian's cloud kernel has no IP_PNP.
    /// </remarks>
    public static string Build(string imageWords, string hostname, IPAddress address, IPAddress gateway, IPNetwork subnet, IReadOnlyList<IPAddress> dns, DateTimeOffset now, string ownWords)
    {
        StringBuilder line = new();
        line.Append(imageWords.Trim());
        line.Append(" ip=").Append(address).Append("::").Append(gateway).Append(':').Append(Netmask(subnet.PrefixLength))
            .Append(':').Append(hostname).Append(":eth0:off");
        foreach (IPAddress server in dns.Take(2))
        {
            line.Append(':').Append(server);
        }

        line.Append(" viper.epoch=").Append(now.ToUnixTimeSeconds());
        if (ownWords.Length > 0)
        {
            line.Append(' ').Append(ownWords);
        }

        return line.ToString();
    }

    private static IPAddress Netmask(int prefixLength)
    {
        uint bits = prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
        return new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
    }
}
