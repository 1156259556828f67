using Viper.Net;
using Viper.Net.Firewall;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Network;

public sealed partial class HostNetwork
{
    /// <summary>The steps of <see cref="Remove"/>; those for which there is nothing to do are done.</summary>
    /// <param name="force">As for <see cref="Remove"/>.</param>
    /// <exception cref="HostNetworkException">A daemon or VMs use the network, and <paramref name="force"/> is false.</exception>
    /// <exception cref="NetException">The host could not be read.</exception>
    public IReadOnlyList<NetworkStep> PlanRemoval(bool force = false)
    {
        Link? bridge = _route.GetLink(_settings.BridgeName);
        if (!force)
        {
            using BridgeLock? held = BridgeLock.TryTake(_settings.Address);
            ThrowIfInUse(held is null, bridge);
        }

        Link? heir = FindHeir();
        bool? forwardingWasOn = ReadMarker(bridge);
        bool isOurs = IsOurs(bridge);
        List<Link> taps = isOurs ? Taps(bridge!.Index) : [];
        return
        [
            new NetworkStep("taps", taps.Count == 0 ? "delete the taps of VMs" : $"delete the taps {Names(taps)}", taps.Count == 0),
            new NetworkStep(
                "forwarding",
                forwardingWasOn != false ? "leave net.ipv4.ip_forward as it is"
                    : heir is null ? "net.ipv4.ip_forward = 0, as it was found"
                    : $"leave net.ipv4.ip_forward to the bridge {heir.Name}, whose removal restores it",
                forwardingWasOn != false || !Sysctl.ReadFlag(Sysctl.Ipv4Forward)),
            new NetworkStep("bridge", $"delete bridge {_settings.BridgeName} and its address", !isOurs),
            new NetworkStep("anti-spoof", $"delete table bridge {_settings.TableName}", _firewall.GetTable(NftFamily.Bridge, _settings.TableName) is null),
            new NetworkStep("filter", $"delete table inet {_settings.TableName}", _firewall.GetTable(NftFamily.Inet, _settings.TableName) is null),
            .. PlanIptablesRemoval(),
        ];
    }

    /// <summary>Takes away what <see cref="Apply"/> made, taps on the bridge included, and leaves forwarding as it was found.</summary>
    /// <param name="force">Whether to do so though a daemon or VMs use the network; they lose it.</param>
    /// <returns>False when there was nothing of ours.</returns>
    /// <exception cref="HostNetworkException">A daemon or VMs use the network, and <paramref name="force"/> is false; nothing was changed.</exception>
    /// <exception cref="NetException">The kernel refused; calling again goes on from there.</exception>
    public bool Remove(bool force = false)
    {
        // Held to the end, so that no daemon begins to use what goes away.
        using BridgeLock? held = BridgeLock.TryTake(_settings.Address);
        Link? bridge = _route.GetLink(_settings.BridgeName);
        if (!force)
        {
            ThrowIfInUse(held is null, bridge);
        }

        bool? forwardingWasOn = ReadMarker(bridge);
        if (forwardingWasOn is null)
        {
            return false;
        }

        if (IsOurs(bridge))
        {
            uint group = HostNetworkSettings.DoomedGroupOf(bridge!.Index);
            foreach (Link tap in Taps(bridge.Index))
            {
                _route.SetGroup(tap.Index, group);
            }

            _route.DeleteGroup(group);
        }

        if (forwardingWasOn == false && FindHeir() is { } heir)
        {
            _route.SetAlias(heir.Index, ForwardingMarker.Write(false));
        }
        else if (forwardingWasOn == false)
        {
            Sysctl.WriteFlag(Sysctl.Ipv4Forward, false);
        }

        if (IsOurs(bridge))
        {
            _route.SetUp(bridge!.Index, up: false);
            _route.DeleteLink(bridge.Index);
        }

        IptablesForwarding.Remove(_settings.BridgeName);

        // The marker goes last, so that an interrupted removal can be repeated.
        _firewall.DeleteTable(NftFamily.Bridge, _settings.TableName);
        _firewall.DeleteTable(NftFamily.Inet, _settings.TableName);
        return true;
    }

    private void ThrowIfInUse(bool daemonRuns, Link? bridge)
    {
        List<Link> living = IsOurs(bridge) ? [.. Taps(bridge!.Index).Where(static tap => tap.IsRunning && IsHeld(tap.Name))] : [];
        string? user = (daemonRuns, living.Count) switch
        {
            (true, 0) => "a daemon",
            (true, _) => $"a daemon and VMs ({Names(living)})",
            (false, 0) => null,
            (false, _) => $"VMs that run without a daemon ({Names(living)})",
        };
        if (user is not null)
        {
            throw new HostNetworkException(
                NetworkRefusal.InUse,
                $"The bridge {_settings.BridgeName} is in use by {user}, and nothing was changed. Delete the VMs and stop the daemon first; 'setup --remove --force' removes it all the same.",
                _settings.BridgeName);
        }
    }

    /// <summary>Whether a process has a tap open: the kernel gives it to one only. Its carrier tells that late.</summary>
    private static bool IsHeld(string tap)
    {
        try
        {
            TapDevice.Open(tap).Dispose();
            return false;
        }
        catch (TapException e)
        {
            return !e.IsAbsent;
        }
    }

    private static bool IsOurs(Link? bridge) => bridge is { Kind: LinkKind.Bridge } && ForwardingMarker.Read(bridge.Alias) is not null;

    /// <summary>Another bridge of Viper's on this host, which needs forwarding too and inherits what we found.</summary>
    private Link? FindHeir() => _route.ListLinks().FirstOrDefault(link => link.Name != _settings.BridgeName && IsOurs(link));

    private static string Names(List<Link> links) => string.Join(", ", links.Select(static link => link.Name));

    private List<Link> Taps(int bridgeIndex) => [.. _route.ListLinks().Where(link => _settings.IsTapOf(bridgeIndex, link))];
}
