using System.Net;
using Viper.Contracts;

namespace Viper.Orchestration.Internal;

/// <summary>Joins VMs to the host's network.</summary>
internal interface IVmNetwork
{
    /// <summary>Throws <c>host_not_ready</c> with what is missing and what to do if no VM could be joined now.</summary>
    void Preflight();

    /// <summary>Makes a VM's tap and joins it to the bridge; nothing is left of it if that fails.</summary>
    void Attach(string tap, string mac, IPAddress address, NetworkSpec network);

    /// <summary>Cuts a VM off at once and removes its tap and all that hangs on it; nothing happens if there is none.</summary>
    Task DetachAsync(string tap);

    /// <summary>Takes over the network of a VM that an earlier daemon started and that lives; false where its tap is gone.</summary>
    bool TryKeep(string tap, string mac, IPAddress address, NetworkSpec network);

    /// <summary>Removes what an earlier daemon made for VMs that are not kept, and puts back what those lack that are; tells it in words. No VM is joined yet.</summary>
    Task<IReadOnlyList<string>> RemoveLeftoversAsync();

    /// <summary>The taps that are ours, or that the filter knows as a VM's, and that no VM here was joined by; some of them may be on their way.</summary>
    IReadOnlyList<string> ListStrays();

    /// <summary>Begins to serve guests (names), to watch over the network, and to tell which VM was denied what, by its tap, and what was put back.</summary>
    void Serve(Action<string, NetworkDeniedData> denied, Action<string> repaired);
}
