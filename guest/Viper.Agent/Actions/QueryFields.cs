using System.Globalization;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>Reads the queries of the forms with <c>GET</c>; names that it does not know are passed over.</summary>
internal static class QueryFields
{
    internal static ScreenshotRequest ReadScreenshot(ReadOnlySpan<char> query) => Read(query, new ScreenshotRequest(), static (request, name, value) => name switch
    {
        "type" => request with { Type = ImageTypeOf(value) },
        "quality" => request with { Quality = Number("quality", value) },
        "full_page" => request with { FullPage = Flag("full_page", value) },
        "url" => request with { Url = value },
        "wait_until" => request with { WaitUntil = WaitUntilOf(value) },
        "timeout_ms" => request with { TimeoutMs = Number("timeout_ms", value) },
        _ => request,
    });

    internal static PdfRequest ReadPdf(ReadOnlySpan<char> query) => Read(query, new PdfRequest(), static (request, name, value) => name switch
    {
        "landscape" => request with { Landscape = Flag("landscape", value) },
        "print_background" => request with { PrintBackground = Flag("print_background", value) },
        "scale" => request with { Scale = Decimal("scale", value) },
        "paper_width" => request with { PaperWidth = Decimal("paper_width", value) },
        "paper_height" => request with { PaperHeight = Decimal("paper_height", value) },
        "margin" => request with { Margin = Decimal("margin", value) },
        "page_ranges" => request with { PageRanges = value },
        "prefer_css_page_size" => request with { PreferCssPageSize = Flag("prefer_css_page_size", value) },
        "timeout_ms" => request with { TimeoutMs = Number("timeout_ms", value) },
        _ => request,
    });

    internal static (ContentFormat? Format, string? Selector, int? TimeoutMs) ReadContent(ReadOnlySpan<char> query) => Read(
        query, default((ContentFormat? Format, string? Selector, int? TimeoutMs)), static (request, name, value) => name switch
        {
            "format" => request with { Format = ContentFormatOf(value) },
            "selector" => request with { Selector = value },
            "timeout_ms" => request with { TimeoutMs = Number("timeout_ms", value) },
            _ => request,
        });

    private static T Read<T>(ReadOnlySpan<char> query, T request, Func<T, string, string, T> take)
    {
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? string.Empty : Uri.UnescapeDataString(pair[(equals + 1)..].ToString().Replace('+', ' '));
            request = take(request, name.ToString(), value);
        }

        return request;
    }

    private static ContentFormat ContentFormatOf(string value) => value switch
    {
        "html" => ContentFormat.Html,
        "text" => ContentFormat.Text,
        "markdown" => ContentFormat.Markdown,
        _ => throw new FieldException("format", "format", "format is not html, text or markdown."),
    };

    private static ImageType ImageTypeOf(string value) => value switch
    {
        "png" => ImageType.Png,
        "jpeg" => ImageType.Jpeg,
        "webp" => ImageType.Webp,
        _ => throw new FieldException("type", "format", "type is not png, jpeg or webp."),
    };

    private static WaitUntil WaitUntilOf(string value) => value switch
    {
        "load" => WaitUntil.Load,
        "domcontentloaded" => WaitUntil.DomContentLoaded,
        "networkidle" => WaitUntil.NetworkIdle,
        "commit" => WaitUntil.Commit,
        _ => throw new FieldException("wait_until", "format", "wait_until is not load, domcontentloaded, networkidle or commit."),
    };

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FieldException(name, "format", $"{name} is not a number.");

    private static double Decimal(string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FieldException(name, "format", $"{name} is not a number.");

    private static bool Flag(string name, string value) => value switch
    {
        "true" or "1" or "" => true,
        "false" or "0" => false,
        _ => throw new FieldException(name, "format", $"{name} is not true or false."),
    };
}
