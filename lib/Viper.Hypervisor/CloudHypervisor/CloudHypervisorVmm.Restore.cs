using System.Runtime.InteropServices;
using Viper.Hypervisor.Machines;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Machines from snapshots, with the cheapest memory that the program really gives.</summary>
internal sealed partial class CloudHypervisorVmm
{
    // From the cheapest to the dearest.
    private static readonly MemoryMode[] s_modes = [MemoryMode.CopyOnWrite, MemoryMode.PrivateFile, MemoryMode.OnDemand, MemoryMode.Copy];

    // What the program answered when it was asked; the program does not change while this object lives.
    private IReadOnlySet<MemoryRestoreMode>? _restoreModes;

    public async Task<RestoreResult> RestoreAsync(
        MachineSpec spec, string snapshotDirectory, RestoreOptions? options, CancellationToken cancellationToken)
    {
        MachineSpecValidator.Check(spec);
        ArgumentException.ThrowIfNullOrEmpty(snapshotDirectory);
        cancellationToken.ThrowIfCancellationRequested();
        SnapshotFolder.Check(snapshotDirectory, Kind, Info, spec);
        SnapshotFiles snapshot = SnapshotFiles.Read(snapshotDirectory);
        RestoreOptions how = options ?? new RestoreOptions();
        MemoryMode mode = MemoryMode.Copy;
        try
        {
            IMachine machine = await MachineStart.RunAsync(
                spec,
                Info,
                s_restoreLimit,
                async (start, token) =>
                {
                    (SupervisedMachine restored, mode) = await RestoreAsync(start, snapshot, how, token).ConfigureAwait(false);
                    return restored;
                },
                Missing,
                cancellationToken).ConfigureAwait(false);
            return new RestoreResult(machine, mode);
        }
        catch (MachineStartException e) when (e.InnerException is HypervisorUnsupportedException unsupported)
        {
            throw new HypervisorUnsupportedException(unsupported.Message, e);
        }
    }

    private async Task<(SupervisedMachine Machine, MemoryMode Mode)> RestoreAsync(
        MachineStart start, SnapshotFiles snapshot, RestoreOptions options, CancellationToken cancellationToken)
    {
        CloudHypervisorStart vmm = CloudHypervisorStart.Spawn(start);
        foreach (string name in (string[])[SnapshotFiles.ConfigName, SnapshotFiles.StateName, SnapshotFiles.MemoryName])
        {
            start.Files.AlsoRemove(Path.Combine(start.Files.Spec.RunDirectory, name));
        }

        VmmPing program = await vmm.WaitAsync(cancellationToken).ConfigureAwait(false);
        _restoreModes ??= await vmm.Client.RestoreModesAsync(cancellationToken).ConfigureAwait(false);
        MemoryMode tried = await LoadAsync(vmm, start.Files.Spec, snapshot, options, cancellationToken).ConfigureAwait(false);
        SerialConsole serial = await vmm.OpenSerialAsync(cancellationToken).ConfigureAwait(false);
        MemoryMode real = Verify(tried, start.Process.Identity.Pid, snapshot.MemoryPath);
        if (options.MemoryMode is { } wanted && wanted != real)
        {
            throw new HypervisorUnsupportedException(
                $"The machine '{start.Files.Spec.Name}' was to be restored by {wanted}; the program took the request and did {real}.");
        }

        if (options.Resume)
        {
            await vmm.Client.ResumeAsync(cancellationToken).ConfigureAwait(false);
        }

        return (new CloudHypervisorMachine(start.Files, start.Process, serial, vmm.Client, vmm.Events, Info, program), real);
    }

    // Tries what is possible, the cheapest first, until the program does it.
    private async Task<MemoryMode> LoadAsync(
        CloudHypervisorStart vmm, MachineSpec spec, SnapshotFiles snapshot, RestoreOptions options, CancellationToken cancellationToken)
    {
        List<string> reasons = [];
        VmmApiException? last = null;
        foreach (MemoryMode mode in options.MemoryMode is { } only ? [only] : s_modes)
        {
            if (WhyNot(mode, snapshot) is { } reason)
            {
                reasons.Add($"{mode}: {reason}");
                continue;
            }

            try
            {
                await LoadAsync(vmm, spec, snapshot, mode, cancellationToken).ConfigureAwait(false);
                return mode;
            }
            catch (VmmApiException e) when (e.Survival == VmmSurvival.Alive && options.MemoryMode is null && mode != MemoryMode.Copy)
            {
                // What the program cannot do on this host, such as userfaultfd without its device, shows only here.
                reasons.Add($"{mode}: {e.Message.TrimEnd('.')}");
                last = e;
                await vmm.Client.DeleteAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        throw new HypervisorUnsupportedException(
            $"The machine '{spec.Name}' cannot be restored from '{snapshot.Directory}' as asked ({string.Join("; ", reasons)}).", last);
    }

    private static Task LoadAsync(
        CloudHypervisorStart vmm, MachineSpec spec, SnapshotFiles snapshot, MemoryMode mode, CancellationToken cancellationToken)
    {
        snapshot.WriteFor(spec.RunDirectory, spec, vmm.SerialPath, privateZone: mode == MemoryMode.PrivateFile);
        List<SafeHandle> descriptors = [];
        List<RestoredNetConfig> cards = [];
        for (int i = 0; i < spec.Nics.Count; i++)
        {
            if (spec.Nics[i].TapDescriptor is { } tap)
            {
                descriptors.Add(tap);
                cards.Add(new RestoredNetConfig { Id = snapshot.Config.Net?[i].Id ?? MachineConfig.NicId(i), NumFds = 1 });
            }
        }

        RestoreConfig config = RestoreConfig.FromDirectory(spec.RunDirectory) with
        {
            MemoryRestoreMode = mode switch
            {
                MemoryMode.CopyOnWrite => MemoryRestoreMode.CopyOnWrite,
                MemoryMode.OnDemand => MemoryRestoreMode.OnDemand,
                _ => null,
            },
            NetFds = cards.Count == 0 ? null : cards,
        };
        return vmm.Client.RestoreAsync(config, descriptors, cancellationToken);
    }

    private string? WhyNot(MemoryMode mode, SnapshotFiles snapshot) => mode switch
    {
        MemoryMode.CopyOnWrite => Knows(MemoryRestoreMode.CopyOnWrite) ?? snapshot.WhyNoCopyOnWrite(),
        MemoryMode.PrivateFile => snapshot.WhyNoPrivateZone(),
        MemoryMode.OnDemand => Knows(MemoryRestoreMode.OnDemand),
        _ => null,
    };

    private string? Knows(MemoryRestoreMode mode) => _restoreModes?.Contains(mode) == true ? null : "the program does not know it";

    // A program may take a mode and copy all the same, and only say so in its log; what it has mapped does not lie.
    private static MemoryMode Verify(MemoryMode tried, int pid, string memoryPath)
    {
        bool maps = tried is MemoryMode.CopyOnWrite or MemoryMode.PrivateFile;
        return maps && MemoryMaps.Of(pid, memoryPath) is { PrivateBytes: 0 } ? MemoryMode.Copy : tried;
    }
}
