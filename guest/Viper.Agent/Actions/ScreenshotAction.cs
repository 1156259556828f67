using System.Text.Json;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>GET</c> and <c>POST /screenshot</c>: the image itself, or JSON with base64 to who accepts JSON alone.</summary>
internal sealed class ScreenshotAction(ActionRunner runner) : IPageAction
{
    public string Methods => "GET, POST";

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var wanted = call.IsGet
            ? QueryFields.ReadScreenshot(call.Request.Head.Query)
            : Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.ScreenshotRequest);
        var url = wanted.Url is null ? null : Fields.Url(wanted.Url);
        var timeout = Fields.Timeout(wanted.TimeoutMs);
        var options = new CdpScreenshotOptions
        {
            Format = Format(wanted.Type),
            Quality = Fields.Quality(wanted.Quality),
            FullPage = wanted.FullPage ?? false,
        };
        var asJson = call.Accept == "application/json";
        return runner.RunAsync(
            call,
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
            });
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
