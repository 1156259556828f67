namespace Viper.Cdp;

/// <summary>What Chrome says about itself (<c>Browser.getVersion</c>).</summary>
/// <param name="Product">Product and version (<c>HeadlessChrome/156.0.1.2</c>).</param>
/// <param name="ProtocolVersion">The version of the protocol.</param>
/// <param name="UserAgent">The user agent that it sends.</param>
public sealed record CdpVersion(string Product, string ProtocolVersion, string UserAgent);
