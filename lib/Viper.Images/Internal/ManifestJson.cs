using System.Text.Json.Serialization;

namespace Viper.Images;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(VerifiedFiles))]
internal sealed partial class ManifestJson : JsonSerializerContext;
