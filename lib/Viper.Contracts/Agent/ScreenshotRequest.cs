using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /screenshot</c>; <c>GET</c> takes the same names as query parameters.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ScreenshotRequest
{
    /// <summary>Gets the format; PNG when absent.</summary>
    public ImageType? Type { get; init; }

    /// <summary>Gets the quality, 0 to 100, of JPEG and WebP.</summary>
    public int? Quality { get; init; }

    /// <summary>Gets whether the whole page is taken instead of the window's part.</summary>
    public bool? FullPage { get; init; }

    /// <summary>Gets an address to open first; the page as it is when absent.</summary>
    public string? Url { get; init; }

    /// <summary>Gets the moment to wait for when an address is given; <see cref="Agent.WaitUntil.Load"/> when absent.</summary>
    public WaitUntil? WaitUntil { get; init; }

    /// <summary>Gets the deadline in milliseconds, 1 to 600,000; 30,000 when absent.</summary>
    public int? TimeoutMs { get; init; }
}
