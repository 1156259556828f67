namespace Viper.Cdp;

/// <summary>The format of a screenshot.</summary>
public enum CdpImageFormat
{
    /// <summary>PNG.</summary>
    Png,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>WebP.</summary>
    Webp,
}
