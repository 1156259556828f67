namespace Viper.Images;

/// <summary>One line of the list of images.</summary>
/// <param name="Name">The image's name.</param>
/// <param name="Id">The content that is current.</param>
/// <param name="Size">The size of its files together, in bytes.</param>
/// <param name="Manifest">Its manifest; null where it cannot be read.</param>
/// <param name="Problem">Why it cannot be booted as far as a look without reading its files tells; null where nothing is wrong.</param>
public sealed record ImageSummary(string Name, string? Id, long Size, ImageManifest? Manifest, string? Problem);
