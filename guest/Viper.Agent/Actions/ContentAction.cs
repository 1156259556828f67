using System.Text;
using System.Text.Json;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>GET /content</c> and <c>GET /text</c>: the content itself, or JSON to who accepts JSON.</summary>
/// <param name="runner">Runs it.</param>
/// <param name="usual">The form, where the request does not say.</param>
internal sealed class ContentAction(ActionRunner runner, ContentFormat usual) : IPageAction
{
    public string Methods => "GET";

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var (given, selector, timeout) = QueryFields.ReadContent(call.Request.Head.Query);
        var format = given ?? Accepted(call.Accept) ?? usual;
        var script = PageScripts.Call(PageScripts.Content, NameOf(format), selector);
        return runner.RunAsync(
            call,
            Fields.Timeout(timeout),
            async (page, deadline, cancellationToken) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(deadline.Left);
                var read = (await page.EvaluateAsync(script, new CdpScriptOptions { IsolatedWorld = PageScripts.World }, limit.Token)).Value;
                if (read.ValueKind == JsonValueKind.False)
                {
                    throw new ActionException(422, "invalid_selector", $"'{selector}' is no CSS selector.");
                }

                if (read.GetString() is not { } content)
                {
                    throw new ActionException(404, "element_not_found", $"The page has no element that '{selector}' selects.");
                }

                return call.Accept == "application/json"
                    ? await PageAnswer.MakeAsync(
                        page, new ContentResult { Format = format, Content = content }, AgentJsonContext.Default.AgentAnswerContentResult, deadline, limit.Token)
                    : new AgentResponse(200, MimeOf(format), Encoding.UTF8.GetBytes(content));
            });
    }

    private static ContentFormat? Accepted(string accept) => accept switch
    {
        "text/html" => ContentFormat.Html,
        "text/plain" => ContentFormat.Text,
        "text/markdown" => ContentFormat.Markdown,
        _ => null,
    };

    private static string NameOf(ContentFormat format) => format switch
    {
        ContentFormat.Text => "text",
        ContentFormat.Markdown => "markdown",
        _ => "html",
    };

    private static string MimeOf(ContentFormat format) => format switch
    {
        ContentFormat.Text => "text/plain; charset=utf-8",
        ContentFormat.Markdown => "text/markdown; charset=utf-8",
        _ => "text/html; charset=utf-8",
    };
}
