using System.Text.Json;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /navigate</c>.</summary>
internal sealed class NavigateAction
{
    private readonly ActionRunner _runner;

    internal NavigateAction(ActionRunner runner) => _runner = runner;

    internal Task<AgentResponse> AnswerAsync(AgentRequest request, string path, CancellationToken stopping)
    {
        var body = Fields.ReadBody(request.Body, AgentJsonContext.Default.NavigateRequest);
        var url = Fields.Url(body.Url);
        var timeout = Fields.Timeout(body.TimeoutMs);
        return _runner.RunAsync(
            path,
            timeout,
            async (page, deadline, cancellationToken) =>
            {
                var done = await page.NavigateAsync(url, Fields.Moment(body.WaitUntil), deadline.Left, cancellationToken);
                var now = await DescribeAsync(page, cancellationToken);
                var response = new NavigateResponse
                {
                    Page = now,
                    Result = new NavigateResult { Url = now.Url, Status = done.HttpStatus, Navigated = done.HasNewDocument },
                    DurationMs = (long)deadline.Elapsed.TotalMilliseconds,
                };
                return new AgentResponse(
                    200, "application/json", JsonSerializer.SerializeToUtf8Bytes(response, AgentJsonContext.Default.NavigateResponse));
            },
            stopping);
    }

    private static async Task<AgentPage> DescribeAsync(CdpPage page, CancellationToken cancellationToken)
    {
        // From the page itself: what the browser knows of its title can be a moment behind.
        var seen = await page.EvaluateAsync("[String(location.href), String(document.title)]", cancellationToken);
        return seen.ValueKind == JsonValueKind.Array && seen.GetArrayLength() == 2
            ? new AgentPage { Id = page.TargetId, Url = seen[0].GetString() ?? string.Empty, Title = seen[1].GetString() ?? string.Empty }
            : new AgentPage { Id = page.TargetId, Url = string.Empty, Title = string.Empty };
    }
}
