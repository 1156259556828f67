using System.Text.Json.Serialization;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>The JSON of the API: snake_case names, enum values spelled as on the wire, absent instead of null.</summary>
/// <remarks>
/// Unknown members of an answer are skipped, since later versions add some. A null where none may be is an error.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BalloonConfig))]
[JsonSerializable(typeof(ConsoleConfig))]
[JsonSerializable(typeof(CpuAffinity))]
[JsonSerializable(typeof(CpuFeatures))]
[JsonSerializable(typeof(CpuTopology))]
[JsonSerializable(typeof(CpusConfig))]
[JsonSerializable(typeof(DebugConsoleConfig))]
[JsonSerializable(typeof(DeviceConfig))]
[JsonSerializable(typeof(DeviceNode))]
[JsonSerializable(typeof(DiskConfig))]
[JsonSerializable(typeof(FsConfig))]
[JsonSerializable(typeof(GenericVhostUserConfig))]
[JsonSerializable(typeof(LandlockConfig))]
[JsonSerializable(typeof(MemoryConfig))]
[JsonSerializable(typeof(MemoryZoneConfig))]
[JsonSerializable(typeof(NetConfig))]
[JsonSerializable(typeof(NumaConfig))]
[JsonSerializable(typeof(NumaDistance))]
[JsonSerializable(typeof(PayloadConfig))]
[JsonSerializable(typeof(PciDeviceInfo))]
[JsonSerializable(typeof(PciSegmentConfig))]
[JsonSerializable(typeof(PlatformConfig))]
[JsonSerializable(typeof(PmemConfig))]
[JsonSerializable(typeof(RateLimitGroupConfig))]
[JsonSerializable(typeof(RateLimiterConfig))]
[JsonSerializable(typeof(ReceiveMigrationData))]
[JsonSerializable(typeof(RestoreConfig))]
[JsonSerializable(typeof(RestoredNetConfig))]
[JsonSerializable(typeof(RngConfig))]
[JsonSerializable(typeof(RtcConfig))]
[JsonSerializable(typeof(SendMigrationData))]
[JsonSerializable(typeof(SerialConfig))]
[JsonSerializable(typeof(TokenBucket))]
[JsonSerializable(typeof(TpmConfig))]
[JsonSerializable(typeof(UserDeviceConfig))]
[JsonSerializable(typeof(VdpaConfig))]
[JsonSerializable(typeof(VirtQueueAffinity))]
[JsonSerializable(typeof(VmAddUserDevice))]
[JsonSerializable(typeof(VmConfig))]
[JsonSerializable(typeof(VmCoredumpData))]
[JsonSerializable(typeof(VmInfo))]
[JsonSerializable(typeof(VmRemoveDevice))]
[JsonSerializable(typeof(VmResize))]
[JsonSerializable(typeof(VmResizeDisk))]
[JsonSerializable(typeof(VmResizeZone))]
[JsonSerializable(typeof(VmSnapshotConfig))]
[JsonSerializable(typeof(VmmPing))]
[JsonSerializable(typeof(VsockConfig))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, ulong>>), TypeInfoPropertyName = "Counters")]
[JsonSerializable(typeof(VmmEventBody))]
internal sealed partial class CloudHypervisorJson : JsonSerializerContext;
