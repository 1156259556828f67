using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Viper.Hypervisor.Machines;

namespace Viper.Hypervisor.Qemu;

/// <summary>The first run, snapshots and core dumps.</summary>
internal sealed partial class QemuMachine
{
    private const string DumpDescriptor = "viper-dump";

    protected override async Task<SnapshotFacts> SnapshotCoreAsync(
        string directory, SnapshotOptions options, CancellationToken cancellationToken)
    {
        await _saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await _hotplug.AnyAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new HypervisorUnsupportedException(
                    $"the machine '{Name}'", "A snapshot", MachineCapabilities.Snapshot, "devices are plugged in. Remove them first");
            }

            await PauseCoreAsync(cancellationToken).ConfigureAwait(false);
            SnapshotFolder folder = SnapshotFolder.Make(directory);
            try
            {
                return await FillAsync(folder, options, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                folder.Undo();
                if (e is IOException or UnauthorizedAccessException)
                {
                    throw new HypervisorException($"The snapshot of the machine '{Name}' in '{directory}' failed: {e.Message}", e);
                }

                throw;
            }
        }
        finally
        {
            _saving.Release();
        }
    }

    protected override async Task CoreDumpCoreAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            try
            {
                await _monitor.GiveDescriptorAsync(DumpDescriptor, file, cancellationToken).ConfigureAwait(false);
                await _monitor.ExecuteAsync(
                    "dump-guest-memory",
                    static writer =>
                    {
                        writer.WriteBoolean("paging"u8, false);
                        writer.WriteString("protocol"u8, "fd:" + DumpDescriptor);
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                File.Delete(path);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HypervisorException($"The core dump '{path}' of the machine '{Name}' could not be written: {e.Message}", e);
        }
    }

    /// <summary>Lets the virtual CPUs run for the first time and makes sure that they do.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _monitor.ExecuteAsync("cont", cancellationToken).ConfigureAwait(false);
        JsonElement status = await _monitor.ExecuteAsync("query-status", cancellationToken).ConfigureAwait(false);
        if (!QmpJson.IsTrue(status, "running"))
        {
            throw new VmmConnectionException("query-status", "the machine does not run after it was told to");
        }
    }

    /// <summary>Reads the state of a snapshot into a machine that waits for one.</summary>
    public Task LoadAsync(int descriptor, bool withoutSharedMemory, CancellationToken cancellationToken) =>
        QemuSnapshot.LoadAsync(_monitor, descriptor, withoutSharedMemory, cancellationToken);

    private async Task<SnapshotFacts> FillAsync(SnapshotFolder folder, SnapshotOptions options, CancellationToken cancellationToken)
    {
        await QemuSnapshot.SaveAsync(_monitor, folder[QemuSnapshot.StateName], _hasSharedMemoryFile, cancellationToken).ConfigureAwait(false);
        if (_spec.MemoryFilePath is { } memory && !options.EndMachine)
        {
            await Task.Run(() => MemoryFile.Copy(memory, folder[QemuSnapshot.MemoryName], cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }

        SnapshotFacts facts = SnapshotFolder.Describe(HypervisorKind.Qemu, _info, _spec, _hasSharedMemoryFile);
        if (!options.EndMachine)
        {
            await folder.WriteFactsAsync(facts, cancellationToken).ConfigureAwait(false);
            return facts;
        }

        // From here on the machine is given up, and with it the right to turn back.
        if (_spec.MemoryFilePath is { } ending)
        {
            await Task.Run(() => MemoryFile.Move(ending, folder[QemuSnapshot.MemoryName], CancellationToken.None), CancellationToken.None)
                .ConfigureAwait(false);
        }

        await StopAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        await folder.WriteFactsAsync(facts, CancellationToken.None).ConfigureAwait(false);
        return facts;
    }
}
