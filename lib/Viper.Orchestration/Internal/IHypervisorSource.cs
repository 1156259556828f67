using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>Finds the VMM that VMs run on.</summary>
internal interface IHypervisorSource
{
    /// <summary>What the last look found; null if that was nothing.</summary>
    IHypervisor? Known { get; }

    /// <summary>What the last look lacked; null if it found a VMM.</summary>
    string? Problem { get; }

    /// <summary>The VMM; throws <c>host_not_ready</c> with what is missing and what to do. A success is remembered for as long as the program is there.</summary>
    ValueTask<IHypervisor> FindAsync(CancellationToken cancellationToken);
}
