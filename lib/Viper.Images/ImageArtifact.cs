using System.Text.Json.Serialization;

namespace Viper.Images;

/// <summary>One file of an image.</summary>
/// <param name="Role">What it is for: one of the constants of this type.</param>
/// <param name="File">Its name in the image's folder; never a path.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256, 64 lower-case hexadecimal digits.</param>
public sealed record ImageArtifact(string Role, string File, long Size, string Sha256)
{
    /// <summary>The kernel as a bzImage.</summary>
    public const string Kernel = "kernel";

    /// <summary>The same kernel as the ELF file inside the bzImage, with its PVH entry point.</summary>
    public const string Vmlinux = "vmlinux";

    /// <summary>The initial memory disk, padded so that another cpio archive can follow it.</summary>
    public const string Initramfs = "initramfs";

    /// <summary>The read-only root file system; absent where the initramfs holds everything.</summary>
    public const string Root = "root";

    [JsonIgnore]
    internal bool IsWellFormed =>
        Role is Kernel or Vmlinux or Initramfs or Root
        && File.Length is > 0 and <= 100
        && File[0] != '.'
        && File.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
        && Size >= 0
        && ImageManifest.IsSha256(Sha256);
}
