using System.Text.Json.Serialization;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>The JSON of the API: snake_case names, enum values spelled as their names, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(VmConfig))]
[JsonSerializable(typeof(VmInfo))]
[JsonSerializable(typeof(VmmPing))]
internal sealed partial class CloudHypervisorJson : JsonSerializerContext;
