namespace Viper.Agent.DevTools;

/// <summary>What <c>/json/version</c> says.</summary>
internal sealed record BrowserVersion(string Product, string BrowserId);
