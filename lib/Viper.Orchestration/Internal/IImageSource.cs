using Viper.Contracts;

namespace Viper.Orchestration.Internal;

/// <summary>Finds images and vouches for their bytes.</summary>
internal interface IImageSource
{
    /// <summary>The verified files of an image; throws <c>image_not_found</c> or <c>image_corrupt</c>.</summary>
    Task<BootFiles> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>The installed images, by name.</summary>
    IReadOnlyList<ImageInfo> List();
}
