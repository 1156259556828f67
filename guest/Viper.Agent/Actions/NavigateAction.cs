using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /navigate</c>.</summary>
internal sealed class NavigateAction(ActionRunner runner) : IPageAction
{
    public string Methods => "POST";

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var body = Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.NavigateRequest);
        var url = Fields.Url(body.Url);
        var timeout = Fields.Timeout(body.TimeoutMs);
        return runner.RunAsync(
            call,
            timeout,
            async (page, deadline, cancellationToken) =>
            {
                var done = await page.NavigateAsync(url, Fields.Moment(body.WaitUntil), deadline.Left, cancellationToken);
                var now = await PageAnswer.DescribeAsync(page, cancellationToken);
                var result = new NavigateResult { Url = now.Url, Status = done.HttpStatus, Navigated = done.HasNewDocument };
                return PageAnswer.Make(now, result, AgentJsonContext.Default.AgentAnswerNavigateResult, deadline);
            });
    }
}
