using System.Text.Json.Serialization;

namespace Viper.Daemon.Commands;

/// <summary>Source-generated JSON of what the daemon's own verbs print.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SetupReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(NetReport))]
[JsonSerializable(typeof(BackupReport))]
[JsonSerializable(typeof(DatabaseReport))]
[JsonSerializable(typeof(VacuumReport))]
internal sealed partial class DaemonJson : JsonSerializerContext;
