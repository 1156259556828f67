namespace Viper.Images;

/// <summary>The browser in an image.</summary>
/// <param name="Package">The Debian package that it comes from.</param>
/// <param name="Version">Its version, such as <c>156.0.8078.79</c>.</param>
/// <param name="Executable">The absolute path of its program in the guest.</param>
public sealed record ImageBrowser(string Package, string Version, string Executable);
