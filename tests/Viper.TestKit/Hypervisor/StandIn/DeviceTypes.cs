using System.Security.Cryptography;
using static Viper.TestKit.Hypervisor.StandIn.SerdeField;
using static Viper.TestKit.Hypervisor.StandIn.SerdeScalar;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The structures that describe devices.</summary>
internal static class DeviceTypes
{
    private static readonly SerdeScalar s_mode = Name("Off", "Pty", "Tty", "File", "Socket", "Null");

    private static readonly SerdeStruct s_bucket = new(
        "TokenBucketConfig", Needed("size", U64), Maybe("one_time_burst", U64), Needed("refill_time", U64));

    private static readonly SerdeStruct s_queueAffinity = new(
        "VirtQueueAffinity", Needed("queue_index", U16), Needed("host_cpus", new SerdeList(Usize)));

    public static readonly SerdeStruct RateLimiter = new("RateLimiterConfig", Maybe("bandwidth", s_bucket), Maybe("ops", s_bucket));

    public static readonly SerdeStruct Disk = new(
        "DiskConfig",
        [
            .. Pci(),
            Maybe("path", SerdeScalar.Path),
            Or("readonly", Bool, false),
            Or("direct", Bool, false),
            Or("num_queues", Usize, 1),
            Or("queue_size", U16, 128),
            Or("vhost_user", Bool, false),
            Maybe("vhost_socket", Text),
            Maybe("rate_limit_group", Text),
            Maybe("rate_limiter_config", RateLimiter),
            Or("disable_io_uring", Bool, false),
            Or("disable_aio", Bool, false),
            Maybe("serial", Text),
            Maybe("queue_affinity", new SerdeList(s_queueAffinity)),
            Or("backing_files", Bool, false),
            Or("sparse", Bool, true),
            Or("image_type", Name("FixedVhd", "Qcow2", "Raw", "Vhdx", "Unknown"), "Unknown"),
            Or("lock_granularity", Name("ByteRange", "Full"), "ByteRange"),
        ]);

    public static readonly SerdeStruct Net = new(
        "NetConfig",
        [
            .. Pci(),
            Maybe("tap", Text),
            Maybe("ip", Ip),
            Maybe("mask", Ip),
            new SerdeField("mac", Mac) { Default = () => RandomMac() },
            Maybe("host_mac", Mac),
            Maybe("mtu", U16),
            Or("num_queues", Usize, 2),
            Or("queue_size", U16, 256),
            Or("vhost_user", Bool, false),
            Maybe("vhost_socket", Text),
            Or("vhost_mode", Name("Client", "Server"), "Client"),
            Maybe("fds", new SerdeList(I32)) with { IsDropped = true },
            Maybe("rate_limiter_config", RateLimiter),
            Or("offload_tso", Bool, true),
            Or("offload_ufo", Bool, true),
            Or("offload_csum", Bool, true),
        ]);

    public static readonly SerdeStruct Rng = new("RngConfig", [.. Pci(), Needed("src", SerdeScalar.Path)]);

    public static readonly SerdeStruct Rtc = new("RtcConfig", Pci());

    public static readonly SerdeStruct Balloon = new(
        "BalloonConfig", [.. Pci(), Needed("size", U64), Or("deflate_on_oom", Bool, false), Or("free_page_reporting", Bool, false)]);

    public static readonly SerdeStruct Fs = new(
        "FsConfig", [.. Pci(), Needed("tag", Text), Needed("socket", SerdeScalar.Path), Needed("num_queues", Usize), Needed("queue_size", U16)]);

    public static readonly SerdeStruct GenericVhostUser = new(
        "GenericVhostUserConfig",
        [.. Pci(), Needed("socket", SerdeScalar.Path), Needed("queue_sizes", new SerdeList(U16)), Needed("device_type", U32)]);

    public static readonly SerdeStruct Pmem = new(
        "PmemConfig", [.. Pci(), Needed("file", SerdeScalar.Path), Maybe("size", U64), Or("discard_writes", Bool, false)]);

    public static readonly SerdeStruct Serial = new(
        "SerialConfig",
        Maybe("file", SerdeScalar.Path) with { IsInner = true },
        new SerdeField("mode", s_mode) { IsRequired = true, IsInner = true },
        Maybe("socket", SerdeScalar.Path) with { IsInner = true });

    public static readonly SerdeStruct Console = new(
        "ConsoleConfig",
        [
            Maybe("file", SerdeScalar.Path) with { IsInner = true },
            new SerdeField("mode", s_mode) { IsRequired = true, IsInner = true },
            Maybe("socket", SerdeScalar.Path) with { IsInner = true },
            .. Pci(),
        ]);

    public static readonly SerdeStruct DebugConsole = new(
        "DebugConsoleConfig", Maybe("file", SerdeScalar.Path), Needed("mode", s_mode), Or("iobase", U16, 233));

    public static readonly SerdeStruct Device = new(
        "DeviceConfig", [.. Pci(), Maybe("path", SerdeScalar.Path), Maybe("x_nv_gpudirect_clique", U8), Maybe("x_exclude_mmap_bars", new SerdeList(U8))]);

    public static readonly SerdeStruct UserDevice = new("UserDeviceConfig", [.. Pci(), Needed("socket", SerdeScalar.Path)]);

    public static readonly SerdeStruct Vdpa = new("VdpaConfig", [.. Pci(), Needed("path", SerdeScalar.Path), Needed("num_queues", Usize)]);

    public static readonly SerdeStruct Vsock = new("VsockConfig", [.. Pci(), Needed("cid", U32), Needed("socket", SerdeScalar.Path)]);

    // Locally administered, with the first byte that the VMM's own addresses have.
    public static string RandomMac() =>
        "2e:" + string.Join(':', RandomNumberGenerator.GetBytes(5).Select(one => one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    // What every device on the PCI bus has; it is an inner structure of the VMM's.
    private static SerdeField[] Pci() =>
    [
        Maybe("id", Text) with { IsInner = true },
        Or("iommu", Bool, false) with { IsInner = true, HidesFalse = true },
        Or("pci_segment", U16, 0) with { IsInner = true },
        Maybe("pci_device_id", U8) with { IsInner = true },
    ];
}
