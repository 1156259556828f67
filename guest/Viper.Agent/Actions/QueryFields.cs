using System.Globalization;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>Reads the query of <c>GET /screenshot</c>; names that it does not know are passed over.</summary>
internal static class QueryFields
{
    internal static ScreenshotRequest ReadScreenshot(ReadOnlySpan<char> query)
    {
        var request = new ScreenshotRequest();
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? string.Empty : Uri.UnescapeDataString(pair[(equals + 1)..].ToString().Replace('+', ' '));
            request = name switch
            {
                "type" => request with { Type = ImageTypeOf(value) },
                "quality" => request with { Quality = Number("quality", value) },
                "full_page" => request with { FullPage = Flag("full_page", value) },
                "url" => request with { Url = value },
                "wait_until" => request with { WaitUntil = WaitUntilOf(value) },
                "timeout_ms" => request with { TimeoutMs = Number("timeout_ms", value) },
                _ => request,
            };
        }

        return request;
    }

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

    private static bool Flag(string name, string value) => value switch
    {
        "true" or "1" or "" => true,
        "false" or "0" => false,
        _ => throw new FieldException(name, "format", $"{name} is not true or false."),
    };
}
