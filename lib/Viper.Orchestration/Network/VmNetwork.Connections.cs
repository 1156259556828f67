using System.Net;

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <content>What the kernel remembers of a VM's connections, which another VM with its address must not inherit.</content>
public sealed partial class VmNetwork
{
    /// <summary>Null where the kernel cannot be asked; then its own timeouts end what is left.</summary>
    private static ConnectionTable? OpenConnections()
    {
        try
        {
            return ConnectionTable.TryOpen();
        }
        catch (NetException)
        {
            // Without the right to look, nothing else here works either, and says so.
            return null;
        }
    }

    /// <summary>Forgets the connections of the subnet's addresses that no VM has; the host's own are no VM's.</summary>
    /// <returns>How many.</returns>
    private int ForgetLeftConnections()
    {
        bool IsLeft(IPAddress address) => _settings.Subnet.Contains(address) && !address.Equals(_settings.Address) && !_byAddress.ContainsKey(address);
        return _connections?.List(_settings.Subnet).Count(connection =>
            (IsLeft(connection.Original.Source) || IsLeft(connection.Original.Destination) || IsLeft(connection.Reply.Source) || IsLeft(connection.Reply.Destination))
            && _connections.Delete(connection)) ?? 0;
    }
}
