using Viper.Contracts;

namespace Viper.Daemon.Commands;

/// <summary>Makes images of recipes and knows those that are installed.</summary>
internal interface IImageWorkshop
{
    /// <summary>Builds and installs the image of a recipe; at once where it is installed already.</summary>
    /// <param name="order">Which recipe, and how.</param>
    /// <param name="progress">Told of every step in one line.</param>
    /// <param name="cancellationToken">Ends the build; nothing half-made remains.</param>
    Task<ImageInfo> BuildAsync(ImageOrder order, IProgress<string> progress, CancellationToken cancellationToken);

    /// <summary>The installed images, by name.</summary>
    IReadOnlyList<ImageInfo> List();
}
