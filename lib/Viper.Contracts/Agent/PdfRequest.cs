using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /pdf</c>; <c>GET</c> takes the same names as query parameters. Lengths are inches.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PdfRequest
{
    /// <summary>Gets whether the paper lies on its long side; false when absent.</summary>
    public bool? Landscape { get; init; }

    /// <summary>Gets whether backgrounds are printed; false when absent.</summary>
    public bool? PrintBackground { get; init; }

    /// <summary>Gets the scale, 0.1 to 2; 1 when absent.</summary>
    public double? Scale { get; init; }

    /// <summary>Gets the paper's width, above 0 to 200; 8.5 when absent.</summary>
    public double? PaperWidth { get; init; }

    /// <summary>Gets the paper's height, above 0 to 200; 11 when absent.</summary>
    public double? PaperHeight { get; init; }

    /// <summary>Gets the margin of all four sides, 0 to 100; 0.4 when absent.</summary>
    public double? Margin { get; init; }

    /// <summary>Gets the pages (<c>1-5, 8</c>); all when absent.</summary>
    public string? PageRanges { get; init; }

    /// <summary>Gets whether the size that the page's CSS asks for is used; false when absent.</summary>
    public bool? PreferCssPageSize { get; init; }

    /// <summary>Gets the deadline in milliseconds, 1 to 600,000; 30,000 when absent.</summary>
    public int? TimeoutMs { get; init; }
}
