using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Machines;

namespace Viper.Hypervisor.Qemu;

/// <summary>Machines from snapshots.</summary>
internal sealed partial class QemuHypervisor
{
    public async Task<RestoreResult> RestoreAsync(
        MachineSpec spec, string snapshotDirectory, RestoreOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(snapshotDirectory);
        MachineSpecValidator.Check(spec);
        cancellationToken.ThrowIfCancellationRequested();
        SnapshotFacts facts = SnapshotFolder.Check(snapshotDirectory, Kind, info, spec);
        MemoryMode mode = ModeFor(facts, spec, options?.MemoryMode);
        string memory = Path.Combine(snapshotDirectory, QemuSnapshot.MemoryName);
        using SafeFd state = OpenState(snapshotDirectory);
        IMachine machine = await MachineStart.RunAsync(
            spec,
            info,
            s_startLimit,
            async (start, token) =>
            {
                if (facts.HasMemoryFile && mode == MemoryMode.Copy)
                {
                    CopyMemory(start, memory, token);
                }
                else
                {
                    PrepareMemory(start);
                }

                QemuRestore restore = new(mode == MemoryMode.PrivateFile ? memory : null);
                QemuMachine restored = await LaunchAsync(start, restore, state, token).ConfigureAwait(false);
                await restored.LoadAsync(QemuCommandLine.StateDescriptor(spec), facts.HasMemoryFile, token).ConfigureAwait(false);
                Verify(restored, restore);
                if (options?.Resume ?? true)
                {
                    await restored.RunAsync(token).ConfigureAwait(false);
                }

                return restored;
            },
            Missing,
            cancellationToken).ConfigureAwait(false);
        return new RestoreResult(machine, mode);
    }

    /// <summary>The cheapest way that the snapshot and the description allow, or the one that was asked for.</summary>
    internal static MemoryMode ModeFor(SnapshotFacts facts, MachineSpec spec, MemoryMode? wanted)
    {
        MemoryMode possible = facts.HasMemoryFile && spec.MemoryFilePath is null ? MemoryMode.PrivateFile : MemoryMode.Copy;
        if (wanted is null || wanted == possible)
        {
            return possible;
        }

        string reason = wanted switch
        {
            MemoryMode.PrivateFile when !facts.HasMemoryFile => "the snapshot has its memory within its state. Make it of a machine with a MemoryFilePath",
            MemoryMode.PrivateFile => "the new machine is to have a MemoryFilePath of its own. Leave that out",
            MemoryMode.Copy => "the memory is a file, whose copy needs a place. Name it in MemoryFilePath",
            _ => "QEMU has no such way",
        };
        throw new HypervisorUnsupportedException(
            $"the machine '{spec.Name}'", $"Restoring memory by {wanted}", MachineCapabilities.Restore, reason);
    }

    private static void CopyMemory(MachineStart start, string memory, CancellationToken cancellationToken)
    {
        string path = start.Files.Spec.MemoryFilePath!;
        start.Files.AlsoRemove(path);
        try
        {
            MemoryFile.Copy(memory, path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineSpecException(nameof(MachineSpec.MemoryFilePath), $"The memory file '{path}' could not be made: {e.Message}", e);
        }
    }

    private static void Verify(QemuMachine machine, QemuRestore restore)
    {
        if (restore.PrivateMemoryPath is { } path && !QemuSnapshot.MapsPrivately(machine.Identity.Pid, path))
        {
            throw new VmmConnectionException("restore", $"QEMU did not map '{path}' privately as it was told to");
        }
    }

    private static SafeFd OpenState(string directory)
    {
        SafeFd state = new(Libc.open(Path.Combine(directory, QemuSnapshot.StateName), Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        return state.IsInvalid
            ? throw new SnapshotException(directory, "", $"its state cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}")
            : state;
    }
}
