using System.Text.Json.Nodes;
using static Viper.TestKit.Hypervisor.StandIn.SerdeField;
using static Viper.TestKit.Hypervisor.StandIn.SerdeScalar;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The structures of a VM's configuration apart from its devices.</summary>
internal static class ConfigTypes
{
    public const long DefaultMemory = 512L << 20;

    private static readonly SerdeStruct s_cpuFeatures = new("CpuFeatures", Or("amx", Bool, false));

    private static readonly SerdeStruct s_topology = new(
        "CpuTopology", Needed("threads_per_core", U16), Needed("cores_per_die", U16), Needed("dies_per_package", U16), Needed("packages", U16));

    private static readonly SerdeStruct s_affinity = new(
        "CpuAffinity", Needed("vcpu", U32), Needed("host_cpus", new SerdeList(Usize)));

    private static readonly SerdeStruct s_cpus = new(
        "CpusConfig",
        Needed("boot_vcpus", U32),
        Needed("max_vcpus", U32),
        Maybe("topology", s_topology),
        Or("kvm_hyperv", Bool, false),
        Or("max_phys_bits", U8, 46),
        Maybe("affinity", new SerdeList(s_affinity)),
        new SerdeField("features", s_cpuFeatures) { Default = s_cpuFeatures.Empty },
        Or("nested", Bool, true),
        Or("core_scheduling", Name("Vm", "Vcpu", "Off"), "Vm"),
        Or("profile", Name("Host"), "Host"));

    private static readonly SerdeStruct s_zone = new(
        "MemoryZoneConfig",
        Needed("id", Text),
        Needed("size", U64),
        Maybe("file", SerdeScalar.Path),
        Or("shared", Bool, false),
        Or("hugepages", Bool, false),
        Maybe("hugepage_size", U64),
        Maybe("host_numa_node", U32),
        Maybe("hotplug_size", U64),
        Maybe("hotplugged_size", U64),
        Or("prefault", Bool, false),
        Or("reserve", Bool, false),
        Or("mergeable", Bool, false));

    private static readonly SerdeStruct s_memory = new(
        "MemoryConfig",
        Needed("size", U64),
        Or("mergeable", Bool, false),
        Or("hotplug_method", Name("Acpi", "VirtioMem"), "Acpi"),
        Maybe("hotplug_size", U64),
        Maybe("hotplugged_size", U64),
        Or("shared", Bool, false),
        Or("hugepages", Bool, false),
        Maybe("hugepage_size", U64),
        Or("prefault", Bool, false),
        Or("reserve", Bool, false),
        Maybe("zones", new SerdeList(s_zone)),
        Or("thp", Bool, true));

    private static readonly SerdeStruct s_payload = new(
        "PayloadConfig",
        Maybe("firmware", SerdeScalar.Path),
        Maybe("kernel", SerdeScalar.Path),
        Maybe("cmdline", Text),
        Maybe("initramfs", SerdeScalar.Path));

    private static readonly SerdeStruct s_rateGroup = new(
        "RateLimitGroupConfig", Needed("id", Text), Needed("rate_limiter_config", DeviceTypes.RateLimiter));

    private static readonly SerdeStruct s_distance = new("NumaDistance", Needed("destination", U32), Needed("distance", U8));

    private static readonly SerdeStruct s_numa = new(
        "NumaConfig",
        Needed("guest_numa_id", U32),
        Maybe("cpus", new SerdeList(U32)),
        Maybe("distances", new SerdeList(s_distance)),
        Maybe("memory_zones", new SerdeList(Text)),
        Maybe("pci_segments", new SerdeList(U16)),
        Maybe("device_id", Text));

    private static readonly SerdeStruct s_segment = new(
        "PciSegmentConfig", Needed("pci_segment", U16), Or("mmio32_aperture_weight", U32, 1), Or("mmio64_aperture_weight", U32, 1));

    private static readonly SerdeStruct s_platform = new(
        "PlatformConfig",
        Or("num_pci_segments", U16, 1),
        Maybe("iommu_segments", new SerdeList(U16)),
        Or("iommu_address_width_bits", U8, 64),
        Maybe("system_serial_number", Text) with { Alias = "serial_number" },
        Maybe("system_uuid", Text) with { Alias = "uuid" },
        Maybe("oem_strings", new SerdeList(Text)),
        Maybe("system_manufacturer", Text),
        Maybe("system_product_name", Text),
        Maybe("system_version", Text),
        Maybe("system_family", Text),
        Maybe("system_sku_number", Text),
        Maybe("chassis_asset_tag", Text),
        Or("iommufd", Bool, false),
        Or("vfio_p2p_dma", Bool, true));

    private static readonly SerdeStruct s_landlock = new("LandlockConfig", Needed("path", SerdeScalar.Path), Needed("access", Text));

    /// <summary>The whole configuration.</summary>
    public static readonly SerdeStruct Vm = new(
        "VmConfig",
        Or("cpus", s_cpus, s_cpus.ReadAll("""{"boot_vcpus":1,"max_vcpus":1}"""u8.ToArray())!),
        new SerdeField("memory", s_memory) { Default = () => MemoryOf(DefaultMemory) },
        Maybe("payload", s_payload),
        Maybe("rate_limit_groups", new SerdeList(s_rateGroup)),
        Maybe("disks", new SerdeList(DeviceTypes.Disk)),
        Maybe("net", new SerdeList(DeviceTypes.Net)),
        Or("rng", DeviceTypes.Rng, new JsonObject { ["pci_segment"] = 0, ["src"] = "/dev/urandom" }),
        Maybe("balloon", DeviceTypes.Balloon),
        Maybe("generic-vhost-user", new SerdeList(DeviceTypes.GenericVhostUser)),
        Maybe("fs", new SerdeList(DeviceTypes.Fs)),
        Maybe("pmem", new SerdeList(DeviceTypes.Pmem)),
        Or("serial", DeviceTypes.Serial, new JsonObject { ["mode"] = "Null" }),
        Or("console", DeviceTypes.Console, new JsonObject { ["mode"] = "Tty", ["pci_segment"] = 0 }),
        Or("debug_console", DeviceTypes.DebugConsole, new JsonObject { ["mode"] = "Off", ["iobase"] = 233 }),
        Maybe("devices", new SerdeList(DeviceTypes.Device)),
        Maybe("user_devices", new SerdeList(DeviceTypes.UserDevice)),
        Maybe("vdpa", new SerdeList(DeviceTypes.Vdpa)),
        Maybe("vsock", DeviceTypes.Vsock),
        Or("pvpanic", Bool, false),
        Or("iommu", Bool, false),
        Maybe("numa", new SerdeList(s_numa)),
        Or("watchdog", Bool, false),
        Maybe("rtc", DeviceTypes.Rtc),
        Maybe("pci_segments", new SerdeList(s_segment)),
        Maybe("platform", s_platform),
        Maybe("tpm", new SerdeStruct("TpmConfig", Needed("socket", SerdeScalar.Path))),
        Or("landlock_enable", Bool, false),
        Maybe("landlock_rules", new SerdeList(s_landlock)));

    /// <summary>Memory of the given size and nothing else said.</summary>
    public static JsonObject MemoryOf(long size) =>
        s_memory.ReadAll(System.Text.Encoding.ASCII.GetBytes($$"""{"size":{{size}}}"""))!.AsObject();
}
