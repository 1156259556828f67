using System.Text.Json;
using Viper.Agent.Browser;
using Viper.Agent.DevTools;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>/pages</c>: lists, opens, closes pages and brings them to the front.</summary>
internal sealed class PagesEndpoint(ActionRunner runner)
{
    private const string Activate = "/activate";
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Answers <c>/pages</c>, <c>/pages/{id}</c> or <c>/pages/{id}/activate</c>; the page is the call's.</summary>
    /// <param name="call">The request.</param>
    /// <param name="rest">What follows the page's id.</param>
    internal Task<AgentResponse> AnswerAsync(PageCall call, string rest) => (call.PageId, rest, call.Request.Head.Method) switch
    {
        (null, _, "GET") => runner.RunInBrowserAsync(call, ActionRunner.DefaultTimeoutMs, ListAsync),
        (null, _, "POST") => OpenAsync(call),
        (null, _, var method) => Task.FromResult(Problem.MethodNotAllowed(call.Path, method, "GET, POST")),
        ({ } id, "", "GET") => runner.RunInBrowserAsync(
            call, ActionRunner.DefaultTimeoutMs, async (link, run, _, limit) => Answer(200, Find(await link.ListAsync(run, limit), id))),
        ({ } id, "", "DELETE") => runner.RunInBrowserAsync(call, ActionRunner.DefaultTimeoutMs, (link, run, _, limit) => CloseAsync(link, run, id, limit)),
        (_, "", var method) => Task.FromResult(Problem.MethodNotAllowed(call.Path, method, "GET, DELETE")),
        ({ } id, Activate, "POST") => runner.RunInBrowserAsync(call, ActionRunner.DefaultTimeoutMs, (link, run, _, limit) => ActivateAsync(link, run, id, limit)),
        (_, Activate, var method) => Task.FromResult(Problem.MethodNotAllowed(call.Path, method, "POST")),
        _ => Task.FromResult(Problem.NotFound(call.Path)),
    };

    private static async Task<AgentResponse> ListAsync(BrowserLink link, BrowserRun run, ActionDeadline deadline, CancellationToken cancellationToken)
    {
        var pages = new PageList { Pages = await link.ListAsync(run, cancellationToken) };
        return new AgentResponse(200, "application/json", JsonSerializer.SerializeToUtf8Bytes(pages, AgentJsonContext.Default.PageList));
    }

    private Task<AgentResponse> OpenAsync(PageCall call)
    {
        var body = Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.NewPageRequest);
        var url = body.Url is null ? null : Fields.Url(body.Url);
        var timeout = Fields.Timeout(body.TimeoutMs);
        return runner.RunInBrowserAsync(
            call,
            timeout,
            async (link, run, deadline, cancellationToken) =>
            {
                var browser = await link.OpenAsync(run, cancellationToken);
                var id = await browser.CreateTargetAsync(cancellationToken: cancellationToken);
                AgentPage? opened = null;
                if (url is not null)
                {
                    try
                    {
                        await using var page = await browser.AttachAsync(id, cancellationToken);
                        await page.NavigateAsync(url, Fields.Moment(body.WaitUntil), deadline.Left, cancellationToken);
                        opened = await PageAnswer.DescribeAsync(page, cancellationToken);
                    }
                    catch
                    {
                        // A request that failed leaves no page behind.
                        await browser.CloseTargetAsync(id, CancellationToken.None);
                        throw;
                    }
                }

                link.Activate(id);
                var made = Find(await link.ListAsync(run, cancellationToken), id);
                return Answer(201, opened is null ? made : made with { Url = opened.Url, Title = opened.Title });
            });
    }

    private static async Task<AgentResponse> CloseAsync(BrowserLink link, BrowserRun run, string id, CancellationToken cancellationToken)
    {
        var pages = await link.ListAsync(run, cancellationToken);
        var browser = await link.OpenAsync(run, cancellationToken);
        BrowserLink.Known(pages.Select(static page => page.Id), id);
        await browser.CloseTargetAsync(id, cancellationToken);

        // Chrome answers before the page is gone, and would give it to the next who asks.
        while ((await link.ListAsync(run, cancellationToken)).Any(page => page.Id == id))
        {
            await Task.Delay(s_pause, cancellationToken);
        }

        return new AgentResponse(204, "application/json", default);
    }

    private static async Task<AgentResponse> ActivateAsync(BrowserLink link, BrowserRun run, string id, CancellationToken cancellationToken)
    {
        BrowserLink.Known((await link.ListAsync(run, cancellationToken)).Select(static page => page.Id), id);
        await DevToolsClient.SendAsync(run.Endpoint, "GET", $"/json/activate/{id}", cancellationToken);
        link.Activate(id);
        return Answer(200, Find(await link.ListAsync(run, cancellationToken), id));
    }

    private static PageInfo Find(IReadOnlyList<PageInfo> pages, string id) => pages.FirstOrDefault(page => page.Id == id)
        ?? throw new ActionException(404, "page_not_found", $"The browser has no page '{id}'.");

    private static AgentResponse Answer(int status, PageInfo page) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(page, AgentJsonContext.Default.PageInfo));
}
