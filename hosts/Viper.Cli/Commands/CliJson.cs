using System.Text.Json.Serialization;

namespace Viper.Cli.Commands;

/// <summary>Source-generated JSON of what only this program prints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CliVersion))]
[JsonSerializable(typeof(ForwardInfo))]
[JsonSerializable(typeof(ScreenshotInfo))]
[JsonSerializable(typeof(NavigateRequest))]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class CliJson : JsonSerializerContext;
