using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

using Viper.Contracts;
using Viper.Net;
using Viper.Net.Firewall;
using Viper.Orchestration.Network.Names;

namespace Viper.Orchestration.Network;

/// <summary>What the daemon does for the network while VMs live: answers for names, tells denials, puts back what others change.</summary>
/// <remarks>Its sockets belong to the network namespace of the thread that calls <see cref="Start"/>.</remarks>
internal sealed class NetworkServices(
    HostNetworkSettings settings,
    HostNetwork host,
    VmNetwork vms,
    ILogger log,
    Func<AddressFamily, SocketType, Socket>? open = null,
    TimeSpan? interval = null) : IDisposable
{
    private const int DnsPort = 53;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closing = new();
    private readonly HostResolvers _resolvers = new(settings.DnsServers, settings.Address);
    private DnsForwarder? _names;
    private PacketLog? _denials;
    private bool _wasWhole;
    private bool _isBroken;
    private string? _whyNoNames;
    private Action<string>? _repaired;

    /// <summary>Begins; what cannot be had now is logged and tried again.</summary>
    /// <param name="denied">Told of each sample, by the VM's tap.</param>
    /// <param name="repaired">Told what was put back.</param>
    internal void Start(Action<string, NetworkDeniedData> denied, Action<string>? repaired = null)
    {
        _repaired = repaired;
        try
        {
            _denials = new PacketLog(settings.LogGroup);
            _ = TellAsync(_denials, denied);
        }
        catch (NetlinkException e)
        {
            Log.DenialsNotTold(log, e.Message);
        }

        // At once: what somebody changes before the first tick was whole, too.
        Look();
        _ = WatchAsync(interval ?? s_interval);
    }

    /// <summary>Looks once whether all is as it should be, and puts it back where it is not.</summary>
    internal void Look()
    {
        EnsureNames();
        try
        {
            // Where nobody has set the network up, or somebody removed it on purpose, that is theirs to say.
            if (!host.HasBridge() || (!_wasWhole && vms.Attached.Count == 0 && host.FindDrift([]).Count > 0))
            {
                return;
            }

            _wasWhole = true;
            IReadOnlyList<string> drift = vms.Repair(host);
            if (drift.Count > 0)
            {
                string what = string.Join(", ", drift);
                Log.NetworkRepaired(log, what);
                _repaired?.Invoke(what);
            }

            _isBroken = false;
        }
        catch (Exception e) when (e is NetException or HostNetworkException or IOException or UnauthorizedAccessException)
        {
            if (!_isBroken)
            {
                Log.NetworkNotRepaired(log, (int)(interval ?? s_interval).TotalSeconds, e);
            }

            _isBroken = true;
        }
    }

    public void Dispose()
    {
        _closing.Cancel();
        _names?.Dispose();
        _denials?.Dispose();
        _closing.Dispose();
    }

    private void EnsureNames()
    {
        if (_names is not null || !host.HasBridge())
        {
            return;
        }

        IPEndPoint here = new(settings.Address, DnsPort);
        DnsLimits limits = new();
        try
        {
            _names = new DnsForwarder(here, MayAsk, new DnsUpstream(_resolvers.Now, limits, open ?? Open), limits);
            _whyNoNames = null;
        }
        catch (SocketException e)
        {
            if (_whyNoNames != e.Message)
            {
                Log.NamesNotServed(log, here.ToString(), e.Message);
                _whyNoNames = e.Message;
            }
        }
    }

    private bool? MayAsk(IPAddress address) => vms.FindByAddress(address) is { } guest ? guest.Network.Policy != NetworkPolicies.None : null;

    private async Task TellAsync(PacketLog denials, Action<string, NetworkDeniedData> denied)
    {
        try
        {
            await foreach (LoggedPacket packet in denials.ReadAsync(_closing.Token).ConfigureAwait(false))
            {
                // On the bridge it is known by its port, whatever address it claims.
                GuestRules? guest = packet.Prefix != DenialReasons.Forged && DeniedPacket.SourceOf(packet) is { } source
                    ? vms.FindByAddress(source)
                    : vms.FindByLink(packet.InputPortIndex ?? packet.InputIndex ?? 0);
                if (guest is not null)
                {
                    denied(guest.Tap, DeniedPacket.Describe(packet, guest.Ip));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The daemon ends.
        }
        catch (NetException e)
        {
            Log.DenialsNotTold(log, e.Message);
        }
    }

    private async Task WatchAsync(TimeSpan period)
    {
        if (period == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        using PeriodicTimer timer = new(period);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false))
            {
                Look();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The daemon ends.
        }
    }

    private static Socket Open(AddressFamily family, SocketType type) =>
        new(family, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
}
