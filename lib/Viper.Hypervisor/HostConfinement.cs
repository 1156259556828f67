using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor;

/// <summary>The control groups that this host offers for machines.</summary>
/// <param name="Version">Their kind.</param>
/// <param name="Controllers">What can be limited, as version 2 names it: <c>cpu</c>, <c>io</c>, <c>memory</c>, <c>pids</c>; in order of the alphabet.</param>
/// <param name="Reason">Why there are none, or why one is missing; empty when all are there.</param>
public sealed record HostConfinement(CgroupVersion Version, IReadOnlyList<string> Controllers, string Reason)
{
    /// <summary>Looks, once for each program: where groups can be made, their parent <c>viper</c> is made and stays.</summary>
    /// <remarks>Thread-safe.</remarks>
    public static HostConfinement Find()
    {
        CgroupHost host = CgroupHost.Shared;
        return new HostConfinement(host.Version, [.. host.Parents.Keys.Order(StringComparer.Ordinal)], host.Reason);
    }
}
