namespace Viper.Cdp;

/// <summary>What a screenshot shows, and how.</summary>
public sealed record CdpScreenshotOptions
{
    /// <summary>Gets the format.</summary>
    public CdpImageFormat Format { get; init; }

    /// <summary>Gets the quality, 0 to 100, of JPEG and WebP; Chrome's own choice when null.</summary>
    public int? Quality { get; init; }

    /// <summary>Gets a value indicating whether the whole page is taken instead of the window's part.</summary>
    public bool FullPage { get; init; }
}
