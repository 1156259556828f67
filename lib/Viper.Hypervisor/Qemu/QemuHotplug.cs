using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Qemu;

/// <summary>Plugs disks and cards into a q35 machine and takes them out again.</summary>
/// <remarks>
/// Thread-safe; changes take turns. What is plugged in is asked of QEMU each time, so it is right after an adoption too.
/// Files and taps are opened here and passed, since QEMU may no longer have the privilege.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore of whose wait handle nobody asks holds nothing to dispose of.")]
internal sealed class QemuHotplug
{
    private static readonly TimeSpan s_releaseLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_releasePause = TimeSpan.FromMilliseconds(2);

    private readonly MachineSpec _spec;
    private readonly QemuMonitor _monitor;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public QemuHotplug(MachineSpec spec, QemuMonitor monitor)
    {
        _spec = spec;
        _monitor = monitor;
    }

    /// <summary>Whether a device is plugged in now.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> devices = await _monitor.ListDevicesAsync(cancellationToken).ConfigureAwait(false);
        return devices.Any(static id => HotplugSlot.Parse(id) is not null);
    }

    public async Task<string> AddDiskAsync(DiskSpec disk, CancellationToken cancellationToken)
    {
        using SafeFileHandle image = OpenImage(disk);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            HotplugSlot slot = await FindSlotAsync(isDisk: true, cancellationToken).ConfigureAwait(false);
            (long set, string path) = await _monitor.AddDescriptorAsync(image, cancellationToken).ConfigureAwait(false);
            try
            {
                await _monitor.ExecuteAsync(
                    "blockdev-add", writer => QemuCommandLine.WriteDisk(writer, slot.Id, path, disk.ReadOnly), CancellationToken.None)
                    .ConfigureAwait(false);
            }
            finally
            {
                // The block device has its own copy by now; the set goes with the last of them.
                await _monitor.ExecuteAsync(
                    "remove-fd", writer => writer.WriteNumber("fdset-id"u8, set), CancellationToken.None).ConfigureAwait(false);
            }

            await PlugAsync(slot, "virtio-blk-pci", static (writer, id) => writer.WriteString("drive"u8, id)).ConfigureAwait(false);
            return slot.Id;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<string> AddNicAsync(NicSpec nic, CancellationToken cancellationToken)
    {
        using SafeFd tap = nic.TapDescriptor is { } given ? TapOpener.Copy(given) : TapOpener.Open(nic.TapName);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            HotplugSlot slot = await FindSlotAsync(isDisk: false, cancellationToken).ConfigureAwait(false);
            await _monitor.GiveDescriptorAsync(slot.Id, tap, cancellationToken).ConfigureAwait(false);
            await _monitor.ExecuteAsync("netdev_add", writer => WriteNetwork(writer, slot.Id), CancellationToken.None).ConfigureAwait(false);
            await PlugAsync(
                slot,
                "virtio-net-pci",
                (writer, id) =>
                {
                    writer.WriteString("netdev"u8, id);
                    writer.WriteString("mac"u8, nic.MacAddress);
                    writer.WriteString("romfile"u8, ""u8);
                }).ConfigureAwait(false);
            return slot.Id;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks the guest to let go, and takes away what is behind the device once it has.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Task<QmpMessage> gone = _monitor.Events.Expect(message => IsDeletionOf(message, id));
            Task<QmpMessage> late = _monitor.Events.Expect(message => IsDeletionOf(message, id));
            try
            {
                await RequestRemovalAsync(id, cancellationToken).ConfigureAwait(false);
                await _monitor.WaitAsync(gone, "device_del", cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _ = DropLaterAsync(late, id);
                throw;
            }
            catch
            {
                _monitor.Events.Forget(gone);
                _monitor.Events.Forget(late);
                throw;
            }

            await DropBackendAsync(id).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static bool IsDeletionOf(QmpMessage message, string id) =>
        message.Name == "DEVICE_DELETED" && QmpJson.Text(message.Body, "device") == id;

    private static void WriteNetwork(Utf8JsonWriter writer, string id)
    {
        writer.WriteString("type"u8, "tap"u8);
        writer.WriteString("id"u8, id);
        writer.WriteString("fd"u8, id);
        writer.WriteBoolean("vhost"u8, false);
    }

    private static SafeFileHandle OpenImage(DiskSpec disk)
    {
        try
        {
            return File.OpenHandle(
                disk.Path,
                FileMode.Open,
                disk.ReadOnly ? FileAccess.Read : FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineSpecException(nameof(MachineSpec.Disks), $"The disk '{disk.Path}' could not be opened: {e.Message}", e);
        }
    }

    private async Task RequestRemovalAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await _monitor.ExecuteAsync("device_del", writer => writer.WriteString("id"u8, id), cancellationToken).ConfigureAwait(false);
        }
        catch (VmmApiException e) when (e.Causes.Any(static cause => cause.Contains("in the process of unplug", StringComparison.Ordinal)))
        {
            // An earlier request, given up by its caller, is still with the guest: wait for that one.
        }
    }

    // The guest lets go after its caller has stopped waiting: what was behind the device is not to stay open.
    private async Task DropLaterAsync(Task<QmpMessage> gone, string id)
    {
        try
        {
            await _monitor.WaitAsync(gone, "device_del", CancellationToken.None).ConfigureAwait(false);
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                await DropBackendAsync(id).ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (HypervisorException)
        {
            // The machine ended, and everything with it.
        }
    }

    private async Task<HotplugSlot> FindSlotAsync(bool isDisk, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> devices = await _monitor.ListDevicesAsync(cancellationToken).ConfigureAwait(false);
        HashSet<int> taken = [.. devices.Select(HotplugSlot.Parse).OfType<HotplugSlot>().Select(static slot => slot.Number)];
        for (int number = 0; number < _spec.HotplugSlots; number++)
        {
            if (!taken.Contains(number))
            {
                HotplugSlot slot = new(number, isDisk);
                await DropBackendAsync(slot.Id).ConfigureAwait(false);
                await DropBackendAsync((slot with { IsDisk = !isDisk }).Id).ConfigureAwait(false);
                return slot;
            }
        }

        throw new HypervisorUnsupportedException(
            $"the machine '{_spec.Name}'",
            "One more device",
            isDisk ? MachineCapabilities.DiskHotplug : MachineCapabilities.NicHotplug,
            $"all of its {_spec.HotplugSlots} places are taken. Remove a device, or start it with more HotplugSlots");
    }

    private async Task PlugAsync(HotplugSlot slot, string driver, Action<Utf8JsonWriter, string> backend)
    {
        try
        {
            await _monitor.ExecuteAsync(
                "device_add",
                writer =>
                {
                    writer.WriteString("driver"u8, driver);
                    writer.WriteString("id"u8, slot.Id);
                    writer.WriteString("bus"u8, slot.Port);
                    backend(writer, slot.Id);
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (VmmApiException)
        {
            await DropBackendAsync(slot.Id).ConfigureAwait(false);
            throw;
        }
    }

    // A device leaves the list a moment before it lets go of what is behind it; the question is then repeated.
    private async Task DropBackendAsync(string id)
    {
        bool disk = HotplugSlot.Parse(id) is { IsDisk: true };
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await _monitor.ExecuteAsync(
                    disk ? "blockdev-del" : "netdev_del",
                    writer => writer.WriteString(disk ? "node-name"u8 : "id"u8, id),
                    CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (VmmApiException e) when (e.Causes.Any(static cause => cause.Contains("in use", StringComparison.Ordinal))
                && Stopwatch.GetElapsedTime(started) < s_releaseLimit)
            {
                await Task.Delay(s_releasePause).ConfigureAwait(false);
            }
            catch (VmmApiException)
            {
                // There is none, which is what is wanted.
                return;
            }
        }
    }
}
