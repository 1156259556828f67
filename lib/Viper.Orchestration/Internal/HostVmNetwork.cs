using System.Net;
using Microsoft.Extensions.Logging;
using Viper.Contracts;
using Viper.Net;
using Viper.Orchestration.Network;

namespace Viper.Orchestration.Internal;

/// <summary>The bridge of this host, or of the namespace that the daemon lives in.</summary>
internal sealed class HostVmNetwork : IVmNetwork, IDisposable
{
    private readonly ILogger _log;
    private readonly BridgeLock _lock;
    private readonly HostNetwork _host;
    private readonly VmNetwork _vms;
    private readonly NetworkServices _services;

    public HostVmNetwork(EngineSettings settings, ILogger log)
    {
        _log = log;
        HostNetworkSettings network = settings.ToHostNetwork();
        _lock = BridgeLock.Take(settings.Bridge, network.Address);
        try
        {
            _host = new HostNetwork(network);
            _vms = new VmNetwork(network);
            _services = new NetworkServices(network, _host, _vms, log);
        }
        catch (Exception e) when (e is HostNetworkException or NetException)
        {
            _vms?.Dispose();
            _host?.Dispose();
            _lock.Dispose();
            throw EngineProblems.HostNotReady(e.Message, e);
        }
    }

    public void Preflight()
    {
        // A VM that is joined meanwhile can make the filter look changed; the second look is taken while none is.
        if (FindFailure() is not null && _vms.WhileUnchanged(FindFailure) is { } finding)
        {
            throw EngineProblems.HostNotReady($"{finding.What}. {finding.Why} {finding.Remedy}");
        }
    }

    private NetworkFinding? FindFailure() => _host.Check(_vms.Generation).FirstOrDefault(static finding => finding.Level == FindingLevel.Failure);

    public void Attach(string tap, string mac, IPAddress address, NetworkSpec network) => _vms.Attach(tap, MacAddress.Parse(mac), address, network);

    public Task DetachAsync(string tap) => _vms.DetachAsync(tap);

    public bool TryKeep(string tap, string mac, IPAddress address, NetworkSpec network) => _vms.TryKeep(tap, MacAddress.Parse(mac), address, network);

    public async Task<IReadOnlyList<string>> RemoveLeftoversAsync()
    {
        IReadOnlyList<string> removed = await _vms.RemoveLeftoversAsync().ConfigureAwait(false);

        // Before anybody is told that those VMs run: without a filter they would reach too much or nothing.
        if (_vms.Attached.Count > 0 && _vms.Repair(_host) is { Count: > 0 } drift)
        {
            Log.NetworkRepaired(_log, string.Join(", ", drift));
        }

        return removed;
    }

    public IReadOnlyList<string> ListStrays() => _vms.ListStrays();

    public void Serve(Action<string, NetworkDeniedData> denied, Action<string> repaired) => _services.Start(denied, repaired);

    public void Dispose()
    {
        _services.Dispose();
        _vms.Dispose();
        _host.Dispose();
        _lock.Dispose();
    }
}
