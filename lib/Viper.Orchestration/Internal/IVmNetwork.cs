using System.Net;

namespace Viper.Orchestration.Internal;

/// <summary>Joins VMs to the host's network.</summary>
internal interface IVmNetwork
{
    /// <summary>Throws <c>host_not_ready</c> with what is missing and what to do if no VM could be joined now.</summary>
    void Preflight();

    /// <summary>Makes a VM's tap and joins it to the bridge; nothing is left of it if that fails.</summary>
    void Attach(string tap, string mac, IPAddress address);

    /// <summary>Removes a VM's tap and all that hangs on it; nothing happens if there is none.</summary>
    void Detach(string tap);

    /// <summary>The taps on the bridge that were made by <see cref="Attach"/>.</summary>
    IReadOnlyList<string> ListTaps();
}
