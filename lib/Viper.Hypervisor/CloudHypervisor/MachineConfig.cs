namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Turns the description of a machine into the VMM's configuration.</summary>
internal static class MachineConfig
{
    private const long Mebibyte = 1024 * 1024;

    // The size of a memory module that is added by ACPI.
    private const long ModuleSize = 128 * Mebibyte;

    /// <summary>The name of the only memory zone.</summary>
    public const string Zone = "ram";

    /// <summary>The name of a card of the description.</summary>
    public static string NicId(int index) => $"net{index}";

    /// <summary>The whole configuration.</summary>
    public static VmConfig Of(MachineSpec spec, string serialPath) => new()
    {
        Cpus = new CpusConfig(spec.VcpuCount, spec.MaxVcpuCount ?? spec.VcpuCount),
        Memory = MemoryOf(spec),
        Payload = new PayloadConfig
        {
            Kernel = spec.VmlinuxPath ?? spec.KernelPath,
            Cmdline = spec.CommandLine,
            Initramfs = spec.InitramfsPath,
        },
        Disks = spec.Disks.Count == 0
            ? null
            : [.. spec.Disks.Select((disk, i) => new DiskConfig
            {
                Id = $"disk{i}", Path = disk.Path, Readonly = disk.ReadOnly, ImageType = DiskImageType.Raw,
            })],
        Net = spec.Nics.Count == 0
            ? null
            : [.. spec.Nics.Select((nic, i) => new NetConfig { Id = NicId(i), Tap = nic.TapName, Mac = nic.MacAddress })],
        Rng = new RngConfig("/dev/urandom"),
        Balloon = spec.Balloon ? new BalloonConfig { Size = 0, DeflateOnOom = true, FreePageReporting = true } : null,
        Pvpanic = true,
        Serial = SerialConfig.ToSocket(serialPath),
        Console = ConsoleConfig.Off,
    };

    // One private zone, where nothing forbids it: a machine of such memory can be restored by mapping its snapshot.
    private static MemoryConfig MemoryOf(MachineSpec spec)
    {
        long size = spec.MemoryMib * Mebibyte;
        long growth = ((spec.MaxMemoryMib ?? spec.MemoryMib) * Mebibyte) - size;
        if (growth > 0)
        {
            return new MemoryConfig(size) { HotplugMethod = HotplugMethod.Acpi, HotplugSize = (growth + ModuleSize - 1) / ModuleSize * ModuleSize };
        }

        return spec.Balloon ? new MemoryConfig(size) : new MemoryConfig(0) { Zones = [new MemoryZoneConfig { Id = Zone, Size = size }] };
    }
}
