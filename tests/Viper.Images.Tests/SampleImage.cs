using System.Security.Cryptography;

namespace Viper.Images.Tests;

/// <summary>A small image whose files are a few bytes each.</summary>
internal static class SampleImage
{
    internal static readonly string Digest = new('a', 64);

    internal static ImageManifest Manifest(string name = "sample", string description = "A sample") => new()
    {
        Format = ImageManifest.CurrentFormat,
        Name = name,
        Description = description,
        Architecture = "x86_64",
        KernelCommandLine = "console=ttyS0",
        MinimumMemoryMib = 128,
        AgentPath = "/usr/lib/viper/viper-agent",
        Browser = new ImageBrowser("chromium-headless-shell", "156.0.8078.79", "/usr/lib/chromium/chromium-headless-shell"),
        Artifacts = [.. Files.Select(file => new ImageArtifact(file.Role, file.File, file.Content.Length, Convert.ToHexStringLower(SHA256.HashData(file.Content))))],
        BuildKey = Digest,
        PackageKey = Digest,
        SourceDateEpoch = 1_767_225_600,
        Packages = [new ImagePackage("busybox-static", "1:1.35.0-4", "amd64", "busybox-static_1%3a1.35.0-4_amd64.deb", Digest)],
        Inputs = [new ImageInput("recipe", Digest)],
    };

    internal static IReadOnlyList<(string Role, string File, byte[] Content)> Files { get; } =
    [
        (ImageArtifact.Kernel, "bzImage", "the kernel"u8.ToArray()),
        (ImageArtifact.Vmlinux, "vmlinux", "the kernel, unpacked"u8.ToArray()),
        (ImageArtifact.Initramfs, "initramfs.img", new byte[512]),
        (ImageArtifact.Root, "root.erofs", "the root"u8.ToArray()),
    ];

    internal static ImageReference Publish(ImageStore store, string name = "sample", string description = "A sample")
    {
        using ImageLock held = store.Lock(name);
        string staged = store.Stage(name);
        foreach ((_, string file, byte[] content) in Files)
        {
            File.WriteAllBytes(Path.Combine(staged, file), content);
        }

        return store.Publish(name, staged, Manifest(name, description));
    }
}
