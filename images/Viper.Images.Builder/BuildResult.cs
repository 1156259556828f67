namespace Viper.Images.Builder;

/// <summary>What a build gave.</summary>
/// <param name="Image">The image, checked.</param>
/// <param name="UpToDate">True where the image was there already and nothing was built.</param>
public sealed record BuildResult(ImageReference Image, bool UpToDate);
