using System.Text.Json;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>GET</c> and <c>POST /screenshot</c>: the image itself, or JSON with base64 to who accepts JSON alone.</summary>
internal sealed class ScreenshotAction
{
    private readonly ActionRunner _runner;

    internal ScreenshotAction(ActionRunner runner) => _runner = runner;

    internal Task<AgentResponse> AnswerAsync(AgentRequest request, string path, CancellationToken stopping)
    {
        var wanted = request.Head.Method == "GET"
            ? QueryFields.ReadScreenshot(request.Head.Query)
            : Fields.ReadBody(request.Body, AgentJsonContext.Default.ScreenshotRequest);
        var url = wanted.Url is null ? null : Fields.Url(wanted.Url);
        var timeout = Fields.Timeout(wanted.TimeoutMs);
        var options = new CdpScreenshotOptions
        {
            Format = Format(wanted.Type),
            Quality = Fields.Quality(wanted.Quality),
            FullPage = wanted.FullPage ?? false,
        };
        var asJson = request.Head.Headers["Accept"] == "application/json";
        return _runner.RunAsync(
            path,
            timeout,
            async (page, deadline, cancellationToken) =>
            {
                if (url is not null)
                {
                    await page.NavigateAsync(url, Fields.Moment(wanted.WaitUntil), deadline.Left, cancellationToken);
                }

                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(deadline.Left);
                var image = await page.ScreenshotAsync(options, limit.Token);
                return asJson ? ToJson(image, wanted.Type) : new AgentResponse(200, Mime(wanted.Type), image);
            },
            stopping);
    }

    private static AgentResponse ToJson(byte[] image, ImageType? type)
    {
        var response = new ScreenshotResponse { Mime = Mime(type), Base64 = image };
        return new AgentResponse(
            200, "application/json", JsonSerializer.SerializeToUtf8Bytes(response, AgentJsonContext.Default.ScreenshotResponse));
    }

    private static CdpImageFormat Format(ImageType? type) => type switch
    {
        ImageType.Jpeg => CdpImageFormat.Jpeg,
        ImageType.Webp => CdpImageFormat.Webp,
        _ => CdpImageFormat.Png,
    };

    private static string Mime(ImageType? type) => type switch
    {
        ImageType.Jpeg => "image/jpeg",
        ImageType.Webp => "image/webp",
        _ => "image/png",
    };
}
