namespace Viper.Cli.Commands;

/// <summary>What <c>viper screenshot --json</c> prints.</summary>
/// <param name="File">Where the image is; null where it went to standard output.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Mime">Its media type.</param>
internal sealed record ScreenshotInfo(string? File, long Bytes, string Mime);
