namespace Viper.Images;

/// <summary>A manifest that was read, and what is known of its files.</summary>
internal sealed class KnownImage(FileStamp manifest, ImageReference image)
{
    internal FileStamp Manifest { get; } = manifest;

    internal ImageReference Image { get; } = image;

    internal volatile VerifiedFiles? Verified;
}
