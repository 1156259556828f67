using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>Source-generated JSON of the wire model: snake_case, RFC 3339 times, nulls written unless a member says otherwise.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Vm))]
[JsonSerializable(typeof(VmList))]
[JsonSerializable(typeof(VmTicket))]
[JsonSerializable(typeof(Operation))]
[JsonSerializable(typeof(OperationList))]
[JsonSerializable(typeof(OperationProgress))]
[JsonSerializable(typeof(CreateVmRequest))]
[JsonSerializable(typeof(ConsoleNotice))]
[JsonSerializable(typeof(VmEvent))]
[JsonSerializable(typeof(VmReadyData))]
[JsonSerializable(typeof(VmReasonData))]
[JsonSerializable(typeof(VmWarningData))]
[JsonSerializable(typeof(VmRestartData))]
[JsonSerializable(typeof(NetworkDeniedData))]
[JsonSerializable(typeof(LeftoverData))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SystemStatus))]
[JsonSerializable(typeof(SystemLimits))]
[JsonSerializable(typeof(VersionInfo))]
[JsonSerializable(typeof(ImageInfo))]
[JsonSerializable(typeof(ImageList))]
[JsonSerializable(typeof(IReadOnlyList<TimelineStep>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
public sealed partial class ViperJson : JsonSerializerContext;
