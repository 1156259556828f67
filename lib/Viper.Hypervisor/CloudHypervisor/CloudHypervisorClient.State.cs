using System.Runtime.InteropServices;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>Snapshots and migration.</summary>
public sealed partial class CloudHypervisorClient
{
    /// <summary>Writes a paused machine into a folder (<c>vm.snapshot</c>): <c>config.json</c>, <c>state.json</c>, <c>memory-ranges</c>.</summary>
    /// <remarks>The folder must exist and hold no snapshot. The machine stays paused.</remarks>
    public Task SnapshotAsync(VmSnapshotConfig config, CancellationToken cancellationToken = default) =>
        TellAsync(ApiOperation.Snapshot, config, CloudHypervisorJson.Default.VmSnapshotConfig, cancellationToken);

    /// <summary>Brings a machine back from a folder (<c>vm.restore</c>); there must be none in the VMM.</summary>
    /// <remarks>The machine is paused unless <see cref="RestoreConfig.Resume"/> is set.</remarks>
    public Task RestoreAsync(RestoreConfig config, CancellationToken cancellationToken = default) =>
        RestoreAsync(config, [], cancellationToken);

    /// <summary>Brings a machine back, with new descriptors for its network cards (<c>vm.restore</c>, SCM_RIGHTS).</summary>
    /// <param name="config">The snapshot; <see cref="RestoreConfig.NetFds"/> says which card gets how many.</param>
    /// <param name="descriptors">The descriptors in that order, at most 253; they stay the caller's.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ArgumentException">There are more or fewer descriptors than <see cref="RestoreConfig.NetFds"/> counts.</exception>
    public Task RestoreAsync(RestoreConfig config, IReadOnlyList<SafeHandle> descriptors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        CheckCount(config.NetFds, descriptors);
        return TellAsync(ApiOperation.Restore, config, CloudHypervisorJson.Default.RestoreConfig, descriptors, cancellationToken);
    }

    /// <summary>Sends the machine to another VMM (<c>vm.send-migration</c>).</summary>
    /// <remarks>
    /// The answer comes at once, even when nobody receives. Only the events tell the end: <see cref="VmmEventKind.MigrationFinished"/>,
    /// after which this VMM ends, or <see cref="VmmEventKind.MigrationFailed"/>.
    /// </remarks>
    public Task SendMigrationAsync(SendMigrationData data, CancellationToken cancellationToken = default) =>
        TellAsync(ApiOperation.SendMigration, data, CloudHypervisorJson.Default.SendMigrationData, cancellationToken);

    /// <summary>Waits for a machine from another VMM (<c>vm.receive-migration</c>); returns when it is there.</summary>
    /// <remarks>
    /// Until then the VMM answers nothing else and ignores SIGTERM; other requests end by their limits. To give up, kill its process.
    /// </remarks>
    public Task ReceiveMigrationAsync(ReceiveMigrationData data, CancellationToken cancellationToken = default) =>
        ReceiveMigrationAsync(data, [], cancellationToken);

    /// <summary>Waits for a machine from another VMM, with new descriptors for its network cards (SCM_RIGHTS).</summary>
    /// <param name="data">Where it comes in; <see cref="ReceiveMigrationData.NetFds"/> says which card gets how many descriptors.</param>
    /// <param name="descriptors">The descriptors in that order, at most 253; they stay the caller's.</param>
    /// <param name="cancellationToken">Ends the request, not the VMM's waiting.</param>
    /// <exception cref="ArgumentException">There are more or fewer descriptors than <see cref="ReceiveMigrationData.NetFds"/> counts.</exception>
    public Task ReceiveMigrationAsync(
        ReceiveMigrationData data, IReadOnlyList<SafeHandle> descriptors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckCount(data.NetFds, descriptors);
        return TellAsync(ApiOperation.ReceiveMigration, data, CloudHypervisorJson.Default.ReceiveMigrationData, descriptors, cancellationToken);
    }

    private static void CheckCount(IReadOnlyList<RestoredNetConfig>? cards, IReadOnlyList<SafeHandle> descriptors)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        int expected = cards?.Sum(static card => card.NumFds) ?? 0;
        if (expected != descriptors.Count)
        {
            throw new ArgumentException($"The cards want {expected} descriptors, and {descriptors.Count} are passed.", nameof(descriptors));
        }
    }
}
