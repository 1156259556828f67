namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>/screenshot</c> to a caller that accepts <c>application/json</c> alone.</summary>
public sealed record ScreenshotResponse
{
    /// <summary>Gets the media type of the image.</summary>
    public required string Mime { get; init; }

    /// <summary>Gets the image in base64.</summary>
    public required ReadOnlyMemory<byte> Base64 { get; init; }
}
