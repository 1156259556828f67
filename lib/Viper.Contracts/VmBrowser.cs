namespace Viper.Contracts;

/// <summary>The browser in a VM.</summary>
/// <param name="Product">Its name and version: <c>HeadlessChrome/156.0.8078.73</c>.</param>
public sealed record VmBrowser(string Product);
