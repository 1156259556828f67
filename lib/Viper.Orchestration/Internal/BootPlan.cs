using Viper.Hypervisor;
using Viper.Orchestration.Admission;

namespace Viper.Orchestration.Internal;

/// <summary>Everything that a start needs and that can be known to be there before there is anything to undo.</summary>
/// <param name="Files">What the VM boots from.</param>
/// <param name="Hypervisor">What runs it.</param>
/// <param name="Timeline">When the start's steps ended.</param>
/// <param name="Claim">The VM's place among those that are up; belongs to whom the plan is given. Null where the VM's present run has it.</param>
internal sealed record BootPlan(BootFiles Files, IHypervisor Hypervisor, Timeline Timeline, VmClaim? Claim = null)
{
    /// <summary>Looks for all of it, or throws what is missing.</summary>
    public static async Task<BootPlan> MakeAsync(EngineParts parts, string image, CancellationToken cancellationToken)
    {
        BootFiles files = await parts.Images.OpenAsync(image, cancellationToken).ConfigureAwait(false);
        IHypervisor hypervisor = await parts.Hypervisors.FindAsync(cancellationToken).ConfigureAwait(false);
        parts.Network.Preflight();
        return new BootPlan(files, hypervisor, new Timeline(parts.Time));
    }
}
