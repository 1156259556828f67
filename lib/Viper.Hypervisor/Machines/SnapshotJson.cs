using System.Text.Json.Serialization;

namespace Viper.Hypervisor.Machines;

/// <summary>The JSON of a snapshot's facts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(SnapshotFacts))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
