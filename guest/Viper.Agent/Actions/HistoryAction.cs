using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /back</c>, <c>/forward</c>, <c>/reload</c>.</summary>
/// <param name="runner">Runs it.</param>
/// <param name="steps">How far through the history; 0 for a reload.</param>
internal sealed class HistoryAction(ActionRunner runner, int steps) : IPageAction
{
    public string Methods => "POST";

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var body = Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.HistoryRequest);
        var timeout = Fields.Timeout(body.TimeoutMs);
        return runner.RunAsync(
            call,
            timeout,
            async (page, deadline, cancellationToken) =>
            {
                var moment = Fields.Moment(body.WaitUntil);
                var done = steps == 0
                    ? await page.ReloadAsync(body.IgnoreCache ?? false, moment, deadline.Left, cancellationToken)
                    : await page.GoAsync(steps, moment, deadline.Left, cancellationToken);
                var now = await PageAnswer.DescribeAsync(page, cancellationToken);

                // Where the history ends nothing happens, which is no error: a person's button does the same.
                var result = new NavigateResult { Url = now.Url, Status = done?.HttpStatus, Navigated = done?.HasNewDocument ?? false };
                return PageAnswer.Make(now, result, AgentJsonContext.Default.AgentAnswerNavigateResult, deadline);
            });
    }
}
