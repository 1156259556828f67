namespace Viper.Orchestration.Guest;

/// <summary>What an agent says of itself and its browser.</summary>
/// <param name="HasBrowser">Whether the image has a browser at all.</param>
/// <param name="BrowserProduct">The browser's name and version, once it answers; otherwise null.</param>
internal sealed record AgentHealth(bool HasBrowser, string? BrowserProduct);
