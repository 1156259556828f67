using static Viper.TestKit.Hypervisor.StandIn.SerdeField;
using static Viper.TestKit.Hypervisor.StandIn.SerdeScalar;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The bodies of the requests that are neither a configuration nor a device.</summary>
internal static class RequestTypes
{
    private static readonly SerdeScalar s_memoryMode = Name("Precopy", "Postcopy");

    private static readonly SerdeStruct s_netFds = new("RestoredNetConfig", Needed("id", Text), Or("num_fds", Usize, 0));

    public static readonly SerdeStruct Resize = new(
        "VmResizeData", Maybe("desired_vcpus", U32), Maybe("desired_ram", U64), Maybe("desired_balloon", U64));

    public static readonly SerdeStruct ResizeZone = new("VmResizeZoneData", Needed("id", Text), Needed("desired_ram", U64));

    public static readonly SerdeStruct ResizeDisk = new("VmResizeDiskData", Needed("id", Text), Needed("desired_size", U64));

    public static readonly SerdeStruct Remove = new("VmRemoveDeviceData", Needed("id", Text));

    public static readonly SerdeStruct Snapshot = new("VmSnapshotConfig", Needed("destination_url", Text));

    public static readonly SerdeStruct Coredump = new("VmCoredumpData", Needed("destination_url", Text));

    public static readonly SerdeStruct Restore = new(
        "RestoreConfig",
        Needed("source_url", SerdeScalar.Path),
        Or("prefault", Bool, false),
        Maybe("net_fds", new SerdeList(s_netFds)),
        Or("memory_restore_mode", Name("Copy", "OnDemand"), "Copy"),
        Or("resume", Bool, false));

    public static readonly SerdeStruct Receive = new(
        "VmReceiveMigrationData",
        Needed("receiver_url", Text),
        Maybe("net_fds", new SerdeList(s_netFds)),
        Maybe("tls_dir", SerdeScalar.Path),
        Or("memory_mode", s_memoryMode, "Precopy"));

    public static readonly SerdeStruct Send = new(
        "VmSendMigrationData",
        Needed("destination_url", Text),
        Or("local", Bool, false),
        Or("downtime_ms", U64, 300),
        Or("timeout_s", U64, 3600),
        Or("timeout_strategy", Name("Cancel", "Ignore"), "Cancel"),
        Or("connections", U32, 1),
        Maybe("tls_dir", SerdeScalar.Path),
        Or("memory_mode", s_memoryMode, "Precopy"));
}
