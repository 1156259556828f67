using System.Net;
using Viper.Net;
using Viper.Orchestration.Network;

namespace Viper.Orchestration.Internal;

/// <summary>The bridge of this host, or of the namespace that the daemon lives in.</summary>
internal sealed class HostVmNetwork : IVmNetwork, IDisposable
{
    private readonly BridgeLock _lock;
    private readonly HostNetwork _host;
    private readonly VmNetwork _vms;

    public HostVmNetwork(EngineSettings settings)
    {
        HostNetworkSettings network = settings.ToHostNetwork();
        _lock = BridgeLock.Take(settings.Bridge);
        try
        {
            _host = new HostNetwork(network);
            _vms = new VmNetwork(network);
        }
        catch (Exception e) when (e is HostNetworkException or NetException)
        {
            _host?.Dispose();
            _lock.Dispose();
            throw EngineProblems.HostNotReady(e.Message, e);
        }
    }

    public void Preflight()
    {
        if (_host.Check().FirstOrDefault(static f => f.Level == FindingLevel.Failure) is { } finding)
        {
            throw EngineProblems.HostNotReady($"{finding.What}. {finding.Why} {finding.Remedy}");
        }
    }

    public void Attach(string tap, string mac, IPAddress address) => _vms.Attach(tap, MacAddress.Parse(mac), address);

    public void Detach(string tap) => _vms.Detach(tap);

    public IReadOnlyList<string> ListTaps() => _vms.ListTaps();

    public void Dispose()
    {
        _vms.Dispose();
        _host.Dispose();
        _lock.Dispose();
    }
}
