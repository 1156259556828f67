namespace Viper.Images;

/// <summary>An image that was found whole: what to boot, by absolute paths.</summary>
/// <remarks>Immutable. The paths stay valid until the image is removed or built anew twice.</remarks>
public sealed record ImageReference
{
    internal ImageReference(string name, string id, string directory, ImageManifest manifest)
    {
        Name = name;
        Id = id;
        Directory = directory;
        Manifest = manifest;
        KernelPath = PathOf(ImageArtifact.Kernel)!;
        VmlinuxPath = PathOf(ImageArtifact.Vmlinux)!;
        InitramfsPath = PathOf(ImageArtifact.Initramfs)!;
        RootPath = PathOf(ImageArtifact.Root);
    }

    /// <summary>The name of the image.</summary>
    public string Name { get; }

    /// <summary>The content's own name: the first 16 digits of the SHA-256 of its manifest.</summary>
    public string Id { get; }

    /// <summary>The folder that holds the files.</summary>
    public string Directory { get; }

    /// <summary>What the image is made of.</summary>
    public ImageManifest Manifest { get; }

    /// <summary>The kernel as a bzImage.</summary>
    public string KernelPath { get; }

    /// <summary>The kernel as an ELF file with a PVH entry point.</summary>
    public string VmlinuxPath { get; }

    /// <summary>The initramfs; its length is a multiple of 512 bytes, so that a cpio archive can follow it.</summary>
    public string InitramfsPath { get; }

    /// <summary>The root disk, to be attached read-only as the first virtio disk; null where the initramfs holds everything.</summary>
    public string? RootPath { get; }

    private string? PathOf(string role) => Manifest.Find(role) is { } artifact ? Path.Combine(Directory, artifact.File) : null;
}
