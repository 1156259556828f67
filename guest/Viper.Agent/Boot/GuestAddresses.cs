using System.Net;
using System.Net.Sockets;

namespace Viper.Agent.Boot;

/// <summary>The guest's own address and its host's, from <c>ip=client:server:gateway:…</c> on the kernel command line.</summary>
/// <remarks>Grammar: https://docs.kernel.org/admin-guide/nfs/nfsroot.html.</remarks>
internal readonly record struct GuestAddresses(IPAddress Guest, IPAddress Host)
{
    internal static GuestAddresses? Parse(ReadOnlySpan<char> commandLine)
    {
        GuestAddresses? found = null;
        foreach (var range in commandLine.SplitAny(" \n\t"))
        {
            var word = commandLine[range];
            if (word is "--")
            {
                break;
            }

            // The last one wins, as for the kernel itself.
            if (word.StartsWith("ip=") && ParseFields(word[3..]) is { } addresses)
            {
                found = addresses;
            }
        }

        return found;
    }

    private static GuestAddresses? ParseFields(ReadOnlySpan<char> value)
    {
        Span<Range> fields = stackalloc Range[5];
        if (value.Split(fields, ':') < 3)
        {
            return null;
        }

        return IPAddress.TryParse(value[fields[0]], out var guest) && guest.AddressFamily == AddressFamily.InterNetwork
            && IPAddress.TryParse(value[fields[2]], out var host) && host.AddressFamily == AddressFamily.InterNetwork
            ? new GuestAddresses(guest, host)
            : null;
    }
}
