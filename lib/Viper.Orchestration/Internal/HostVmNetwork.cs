using System.Net;

namespace Viper.Orchestration.Internal;

internal sealed class HostVmNetwork(EngineSettings settings) : IVmNetwork
{
    public void Preflight() => ArgumentNullException.ThrowIfNull(settings);

    public void Attach(string tap, string mac, IPAddress address)
    {
    }

    public void Detach(string tap, IPAddress? address)
    {
    }

    public IReadOnlyList<string> ListTaps() => [];
}
