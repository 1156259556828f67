namespace Viper.Contracts;

/// <summary>The installed images.</summary>
/// <param name="Items">The images, by name.</param>
public sealed record ImageList(IReadOnlyList<ImageInfo> Items);
