using System.Collections.Concurrent;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Admission;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>Takes over the VMs of an earlier daemon that are whole: ready, their VMM alive, their tap on the bridge, their secret known.</summary>
/// <remarks>What is not whole is left as it is, for <see cref="Recovery"/> to end.</remarks>
internal sealed class Adoption(EngineParts parts)
{
    private const int AtOnce = 16;

    /// <summary>The VMs that were taken over, by their ids.</summary>
    public async Task<IReadOnlyDictionary<string, AdoptedVm>> RunAsync(IReadOnlyList<VmRecord> records, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<string, AdoptedVm> adopted = new(StringComparer.Ordinal);
        VmRecord[] whole = [.. records.Where(static record => record.Status is VmStatus.Running or VmStatus.Paused)];
        if (whole.Length == 0 || await FindHypervisorAsync(cancellationToken).ConfigureAwait(false) is not { } hypervisor)
        {
            return adopted;
        }

        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(whole, options, async (record, cancellation) =>
        {
            if (await TryAsync(hypervisor, record, cancellation).ConfigureAwait(false) is { } vm)
            {
                adopted[record.Id] = vm;
            }
        }).ConfigureAwait(false);
        return adopted;
    }

    private async Task<AdoptedVm?> TryAsync(IHypervisor hypervisor, VmRecord record, CancellationToken cancellationToken)
    {
        if (record is not { Pid: { } pid, PidStartTime: { } started, BootId: { } boot, TapName: { } tap }
            || record.Hypervisor != HypervisorNames.Of(hypervisor.Kind)
            || new VmFolders(parts.Settings, record.Id).TryReadToken() is not { } token)
        {
            return null;
        }

        NetworkSpec network = VmActor.NetworkOf(VmActor.SpecOf(record));
        if (!parts.Network.TryKeep(tap, record.MacAddress, record.IpAddress, network))
        {
            Log.NotAdopted(parts.Log, record.Name, $"its tap {tap} is gone", null);
            return null;
        }

        VmClaim claim = parts.Admission.ClaimForLiving(VmDemand.Of(record));
        VmRun run = new(parts, record, tap, network, claim, token);
        try
        {
            if (await run.AdoptAsync(hypervisor, new ProcessIdentity(pid, started, boot), cancellationToken).ConfigureAwait(false))
            {
                Log.Adopted(parts.Log, record.Name, pid);
                return new AdoptedVm(run, run.Machine!);
            }
        }
#pragma warning disable CA1031 // One VM that cannot be taken over must not keep the others; it is ended.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.NotAdopted(parts.Log, record.Name, e.Message, e is HypervisorException ? null : e);
        }

        claim.Dispose();
        await parts.Network.DetachAsync(tap).ConfigureAwait(false);
        return null;
    }

    private async Task<IHypervisor?> FindHypervisorAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Hypervisors.FindAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // Without its program no VMM can be spoken to.
            return null;
        }
    }
}
