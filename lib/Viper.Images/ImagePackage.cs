namespace Viper.Images;

/// <summary>One Debian package that went into an image.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Architecture">Its architecture, such as <c>amd64</c> or <c>all</c>.</param>
/// <param name="File">The name of its archive in the package cache.</param>
/// <param name="Sha256">The SHA-256 of its archive.</param>
public sealed record ImagePackage(string Name, string Version, string Architecture, string File, string Sha256);
