using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>Finds the VMM that VMs run on.</summary>
internal interface IHypervisorSource
{
    /// <summary>The VMM; throws <c>host_not_ready</c> with what is missing and what to do. A success is remembered.</summary>
    IHypervisor Find();
}
