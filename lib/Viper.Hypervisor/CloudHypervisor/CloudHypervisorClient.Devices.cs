using System.Runtime.InteropServices;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>Devices that come and go. While the machine is only created they go into its configuration, and the answer is null.</summary>
public sealed partial class CloudHypervisorClient
{
    /// <summary>Adds a disk (<c>vm.add-disk</c>).</summary>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddDiskAsync(DiskConfig config, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddDisk, config, CloudHypervisorJson.Default.DiskConfig, [], cancellationToken);

    /// <summary>Adds a shared folder (<c>vm.add-fs</c>).</summary>
    /// <remarks>A socket that nobody serves makes it wait for 60 s, then fail.</remarks>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddFsAsync(FsConfig config, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddFs, config, CloudHypervisorJson.Default.FsConfig, [], cancellationToken);

    /// <summary>Adds a device of any kind that another process serves (<c>vm.add-generic-vhost-user</c>).</summary>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddGenericVhostUserAsync(GenericVhostUserConfig config, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddGenericVhostUser, config, CloudHypervisorJson.Default.GenericVhostUserConfig, [], cancellationToken);

    /// <summary>Adds a persistent memory device (<c>vm.add-pmem</c>).</summary>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddPmemAsync(PmemConfig config, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddPmem, config, CloudHypervisorJson.Default.PmemConfig, [], cancellationToken);

    /// <summary>Adds the channel between guest and host (<c>vm.add-vsock</c>).</summary>
    /// <remarks>A machine has at most one.</remarks>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddVsockAsync(VsockConfig config, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddVsock, config, CloudHypervisorJson.Default.VsockConfig, [], cancellationToken);

    /// <summary>Adds a vDPA device (<c>vm.add-vdpa</c>).</summary>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddVdpaAsync(VdpaConfig config, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddVdpa, config, CloudHypervisorJson.Default.VdpaConfig, [], cancellationToken);

    /// <summary>Adds a PCI device that another process serves (<c>vm.add-user-device</c>).</summary>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddUserDeviceAsync(VmAddUserDevice config, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddUserDevice, config, CloudHypervisorJson.Default.VmAddUserDevice, [], cancellationToken);

    /// <summary>Adds a device of the host (<c>vm.add-device</c>).</summary>
    /// <param name="config">The device; without a path when a descriptor is passed.</param>
    /// <param name="descriptor">A descriptor of its VFIO character device, which stays the caller's; null when there is a path.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddDeviceAsync(
        DeviceConfig config, SafeHandle? descriptor = null, CancellationToken cancellationToken = default) =>
        PlugAsync(
            ApiOperation.AddDevice, config, CloudHypervisorJson.Default.DeviceConfig, descriptor is null ? [] : [descriptor], cancellationToken);

    /// <summary>Adds a network card (<c>vm.add-net</c>).</summary>
    /// <param name="config">The card.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddNetAsync(NetConfig config, CancellationToken cancellationToken = default) =>
        AddNetAsync(config, [], cancellationToken);

    /// <summary>Adds a network card on taps whose descriptors are passed (<c>vm.add-net</c>, SCM_RIGHTS).</summary>
    /// <param name="config">The card; <see cref="NetConfig.NumQueues"/> is twice the number of descriptors.</param>
    /// <param name="descriptors">One for each pair of queues, at most 253; they stay the caller's.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Where it is, or null while the machine is not booted.</returns>
    public Task<PciDeviceInfo?> AddNetAsync(
        NetConfig config, IReadOnlyList<SafeHandle> descriptors, CancellationToken cancellationToken = default) =>
        PlugAsync(ApiOperation.AddNet, config, CloudHypervisorJson.Default.NetConfig, descriptors, cancellationToken);

    /// <summary>Takes a device out (<c>vm.remove-device</c>).</summary>
    /// <remarks>
    /// The device leaves the configuration at once, and <see cref="VmInfo.DeviceTree"/> when the guest has let it go. Its name is
    /// refused from now on, with status 500.
    /// </remarks>
    public Task RemoveDeviceAsync(VmRemoveDevice device, CancellationToken cancellationToken = default) =>
        TellAsync(ApiOperation.RemoveDevice, device, CloudHypervisorJson.Default.VmRemoveDevice, cancellationToken);

    /// <summary>Takes a device out (<c>vm.remove-device</c>).</summary>
    /// <param name="id">The device's name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task RemoveDeviceAsync(string id, CancellationToken cancellationToken = default) =>
        RemoveDeviceAsync(new VmRemoveDevice { Id = id }, cancellationToken);

    /// <summary>Changes the number of CPUs, the memory or the balloon (<c>vm.resize</c>).</summary>
    /// <remarks>The answer does not wait for the guest. While a removal of CPUs is pending the status is 429.</remarks>
    public Task ResizeAsync(VmResize wish, CancellationToken cancellationToken = default) =>
        TellAsync(ApiOperation.Resize, wish, CloudHypervisorJson.Default.VmResize, cancellationToken);

    /// <summary>Changes the size of a disk (<c>vm.resize-disk</c>).</summary>
    public Task ResizeDiskAsync(VmResizeDisk wish, CancellationToken cancellationToken = default) =>
        TellAsync(ApiOperation.ResizeDisk, wish, CloudHypervisorJson.Default.VmResizeDisk, cancellationToken);

    /// <summary>Changes the size of a memory zone (<c>vm.resize-zone</c>).</summary>
    public Task ResizeZoneAsync(VmResizeZone wish, CancellationToken cancellationToken = default) =>
        TellAsync(ApiOperation.ResizeZone, wish, CloudHypervisorJson.Default.VmResizeZone, cancellationToken);
}
