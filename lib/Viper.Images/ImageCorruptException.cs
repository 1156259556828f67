namespace Viper.Images;

/// <summary>An image whose files are not the ones that were built: something is missing, short, changed or replaced.</summary>
public sealed class ImageCorruptException : ImageException
{
    internal ImageCorruptException(string image, string path, string artifact, string expected, string found, Exception? inner = null)
        : base(image, $"The {artifact} of image '{image}' is not what was built: {path} should be {expected}, but is {found}. Nothing was booted. Build it again with 'viper images build {image}'.", inner)
    {
        Artifact = artifact;
        Path = path;
        Expected = expected;
        Found = found;
    }

    /// <summary>What the file is for: <c>kernel</c>, <c>vmlinux</c>, <c>initramfs</c>, <c>root</c>, <c>manifest</c> or <c>pointer</c>.</summary>
    public string Artifact { get; }

    /// <summary>The absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>What the manifest or the store's format asks for.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }
}
