using System.Text.Json;

namespace Viper.Images;

/// <summary>What an image is made of: <c>manifest.json</c> in its folder.</summary>
/// <remarks>Immutable. The JSON is strict both ways: a member that is unknown, missing or doubled is an error.</remarks>
public sealed record ImageManifest
{
    /// <summary>The format that this library writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The name of the manifest's file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The format of this manifest; only <see cref="CurrentFormat"/> is read.</summary>
    public required int Format { get; init; }

    /// <summary>The name of the image.</summary>
    public required string Name { get; init; }

    /// <summary>What the image is for, in one sentence.</summary>
    public required string Description { get; init; }

    /// <summary>The machine that it runs on, in the kernel's spelling: <c>x86_64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The kernel command line that every VMM starts with; the VM's own words follow it.</summary>
    public required string KernelCommandLine { get; init; }

    /// <summary>The least memory that the image works with, in MiB.</summary>
    public required int MinimumMemoryMib { get; init; }

    /// <summary>Where the agent is in the guest.</summary>
    public required string AgentPath { get; init; }

    /// <summary>The browser in the image; null where it has none.</summary>
    public required ImageBrowser? Browser { get; init; }

    /// <summary>The files to boot from, in the order of their roles.</summary>
    public required IReadOnlyList<ImageArtifact> Artifacts { get; init; }

    /// <summary>The digest of everything that decides the bytes of the image but its packages.</summary>
    public required string BuildKey { get; init; }

    /// <summary>The digest of the part of the recipe that decides which packages are taken.</summary>
    public required string PackageKey { get; init; }

    /// <summary>The time that every file in the image carries, in seconds since 1970 (SOURCE_DATE_EPOCH).</summary>
    public required long SourceDateEpoch { get; init; }

    /// <summary>The packages, in order of their names.</summary>
    public required IReadOnlyList<ImagePackage> Packages { get; init; }

    /// <summary>What else went into it, in order of the names.</summary>
    public required IReadOnlyList<ImageInput> Inputs { get; init; }

    /// <summary>Finds the file for a role.</summary>
    /// <param name="role">One of the constants of <see cref="ImageArtifact"/>.</param>
    /// <returns>The file, or null where the image has none for this role.</returns>
    public ImageArtifact? Find(string role) => Artifacts.FirstOrDefault(artifact => artifact.Role == role);

    /// <summary>Writes the manifest as indented JSON, the same bytes for the same content.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.ImageManifest), (byte)'\n'];

    /// <summary>Reads a manifest.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="JsonException">It is not JSON, or not a manifest of this format. The message says which member.</exception>
    public static ImageManifest Parse(ReadOnlySpan<byte> json)
    {
        ImageManifest manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ImageManifest)
            ?? throw new JsonException("The manifest is the JSON value null.");
        manifest.Check();
        return manifest;
    }

    internal static bool IsSha256(string text) =>
        text.Length == 64 && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private void Check()
    {
        Require(Format == CurrentFormat, $"format is {Format}, and this program reads format {CurrentFormat}");
        Require(ImageName.IsValid(Name), "name is not a name for an image");
        Require(MinimumMemoryMib is > 0 and <= 1 << 20, "minimum_memory_mib is not between 1 and 1048576");
        Require(AgentPath.StartsWith('/'), "agent_path is not absolute");
        Require(IsSha256(BuildKey) && IsSha256(PackageKey), "build_key or package_key is not a SHA-256");
        Require(Artifacts.All(artifact => artifact.IsWellFormed), "artifacts holds one with a bad role, file, size or sha256");
        Require(Artifacts.Select(artifact => artifact.Role).Distinct().Count() == Artifacts.Count, "artifacts holds a role twice");
        Require(Artifacts.Select(artifact => artifact.File).Distinct().Count() == Artifacts.Count, "artifacts holds a file twice");
        foreach (string role in (ReadOnlySpan<string>)[ImageArtifact.Kernel, ImageArtifact.Vmlinux, ImageArtifact.Initramfs])
        {
            Require(Find(role) is not null, $"artifacts holds no {role}");
        }
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new JsonException($"The manifest is not usable: {problem}.");
        }
    }
}
