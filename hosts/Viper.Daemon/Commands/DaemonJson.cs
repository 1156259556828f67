using System.Text.Json.Serialization;

namespace Viper.Daemon.Commands;

/// <summary>Source-generated JSON of what the daemon's own verbs print.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SetupReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(NetReport))]
internal sealed partial class DaemonJson : JsonSerializerContext;
