using Viper.Contracts;
using Viper.Images;

namespace Viper.Orchestration;

/// <summary>The images of a store, as the API shows them.</summary>
public static class InstalledImages
{
    /// <summary>The images of a store that can be booted as far as a look at them tells, by name.</summary>
    /// <param name="directory">The store's folder; a missing one is empty.</param>
    public static IReadOnlyList<ImageInfo> List(string directory)
    {
        List<ImageInfo> images = [];
        foreach (ImageSummary image in new ImageStore(directory).List())
        {
            if (image is { Manifest: { } manifest, Problem: null, Id: { } id })
            {
                images.Add(new ImageInfo
                {
                    Name = image.Name,
                    ContentId = id,
                    Bytes = image.Size,
                    MinMemoryMb = manifest.MinimumMemoryMib,
                    Browser = manifest.Browser is { } browser ? $"{browser.Package} {browser.Version}" : null,
                });
            }
        }

        return images;
    }
}
