using System.Net;

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <content>A VM's part of the filter.</content>
public sealed partial class VmNetwork
{
    private void Admit(GuestRules guest)
    {
        using NftTransaction transaction = new();
        guest.AddTo(transaction, _settings.TableName);
        try
        {
            lock (_filter)
            {
                _generation.Commit(transaction);
                _attached[guest.Tap] = guest;
                _byAddress[guest.Ip] = guest;
            }
        }
        catch (NetlinkException) when (_firewall.GetTable(NftFamily.Bridge, _settings.TableName) is null || _firewall.GetTable(NftFamily.Inet, _settings.TableName) is null)
        {
            throw NotSetUp($"The tables named {_settings.TableName} are not both there");
        }
    }

    /// <summary>Takes everything that a VM has in the filter away, in one transaction where all is there.</summary>
    private void Dismiss(GuestRules guest, bool withPort)
    {
        (NftFamily Family, string Set, IReadOnlyList<NftElement> Elements)[] parts =
            [.. guest.Elements().Where(part => withPort || part.Set != HostFirewall.PortsSet)];
        lock (_filter)
        {
            _attached.TryRemove(guest.Tap, out _);
            _byAddress.TryRemove(new KeyValuePair<IPAddress, GuestRules>(guest.Ip, guest));
            using NftTransaction together = new();
            foreach ((NftFamily family, string set, IReadOnlyList<NftElement> elements) in parts)
            {
                together.DeleteElements(family, _settings.TableName, set, elements);
            }

            if (guest.Limits is { } limits)
            {
                together.FlushChain(NftFamily.Inet, _settings.TableName, limits.ChainName);
                together.DeleteChain(NftFamily.Inet, _settings.TableName, limits.ChainName);
            }

            if (TryCommit(together))
            {
                return;
            }

            // A firewall reload, or an earlier attempt, took some of it: what is left goes piece by piece.
            foreach ((NftFamily family, string set, IReadOnlyList<NftElement> elements) in parts)
            {
                foreach (NftElement element in elements)
                {
                    using NftTransaction one = new();
                    TryCommit(one.DeleteElement(family, _settings.TableName, set, element));
                }
            }

            if (guest.Limits is { } left)
            {
                using NftTransaction chain = new();
                TryCommit(chain.FlushChain(NftFamily.Inet, _settings.TableName, left.ChainName).DeleteChain(NftFamily.Inet, _settings.TableName, left.ChainName));
            }
        }
    }

    /// <summary>What a VM was allowed and we do not know of, because another process attached it.</summary>
    private void DismissAllowed(IPAddress ip)
    {
        byte[] key = ip.GetAddressBytes();
        foreach (string set in (string[])[HostFirewall.AllowedSet, HostFirewall.AllowedPortsSet, HostFirewall.AllowedNetworksSet])
        {
            NftElement[] left = [.. _firewall.ListElements(NftFamily.Inet, _settings.TableName, set).Where(element => element.Key.Span.StartsWith(key))];
            if (left.Length > 0)
            {
                using NftTransaction transaction = new();
                lock (_filter)
                {
                    TryCommit(transaction.DeleteElements(NftFamily.Inet, _settings.TableName, set, left));
                }
            }
        }
    }

    private void Dismiss(string set, NftElement element)
    {
        using NftTransaction transaction = new();
        lock (_filter)
        {
            TryCommit(transaction.DeleteElement(NftFamily.Bridge, _settings.TableName, set, element));
        }
    }

    private bool TryCommit(NftTransaction transaction)
    {
        try
        {
            _generation.Commit(transaction);
            return true;
        }
        catch (NetlinkException e) when (e.IsAbsent)
        {
            return false;
        }
    }

    private List<GuestRules> GuestsBehind(string tapName)
    {
        if (_attached.TryGetValue(tapName, out GuestRules? known))
        {
            return [known];
        }

        // After a restart the kernel's own sets say whose tap it was.
        return [.. GuestKey.ReadAll(_firewall.ListElements(NftFamily.Bridge, _settings.TableName, HostFirewall.GuestsSet))
            .Where(guest => guest.TapName == tapName)
            .Select(guest => Read(guest))];
    }
}
