using System.Text.Json;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /wait</c>.</summary>
internal sealed class WaitAction(ActionRunner runner) : IPageAction
{
    private const int NoSuchContext = -32000;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public string Methods => "POST";

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var body = Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.WaitRequest);
        var wanted = WantedOf(body);
        return runner.RunAsync(
            call,
            Fields.Timeout(body.TimeoutMs),
            async (page, deadline, cancellationToken) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(deadline.Left);
                try
                {
                    await WaitAsync(page, body, limit.Token);
                }
                catch (OperationCanceledException) when (!call.Stopping.IsCancellationRequested)
                {
                    throw new ActionException(504, "action_timeout", $"What was waited for ({wanted}) did not come in time.");
                }

                return await PageAnswer.MakeAsync(
                    page, new WaitResult { Waited = wanted }, AgentJsonContext.Default.AgentAnswerWaitResult, deadline, cancellationToken);
            });
    }

    private static string WantedOf(WaitRequest body)
    {
        string?[] given =
        [
            body.Selector is null ? null : "selector", body.Text is null ? null : "text", body.TextGone is null ? null : "text_gone",
            body.Url is null ? null : "url", body.Function is null ? null : "function", body.NetworkIdle is null ? null : "network_idle",
            body.LoadState is null ? null : "load_state", body.TimeMs is null ? null : "time_ms",
        ];
        string[] wanted = [.. given.OfType<string>()];
        if (wanted.Length != 1)
        {
            throw new FieldException(
                wanted.Length == 0 ? string.Empty : wanted[1], wanted.Length == 0 ? "required" : "format",
                "One thing is waited for: selector, text, text_gone, url, function, network_idle, load_state or time_ms.");
        }

        if (body.State is not null && body.Selector is null)
        {
            throw new FieldException("state", "format", "state is that of a selector.");
        }

        if (body.NetworkIdle == false)
        {
            throw new FieldException("network_idle", "range", "network_idle is true or absent.");
        }

        return body.TimeMs is null or (>= 0 and <= ActionRunner.MaxTimeoutMs)
            ? wanted[0]
            : throw new FieldException("time_ms", "range", $"time_ms is not 0 to {ActionRunner.MaxTimeoutMs}.");
    }

    private static Task WaitAsync(CdpPage page, WaitRequest body, CancellationToken cancellationToken)
    {
        if (body.TimeMs is { } time)
        {
            return Task.Delay(time, cancellationToken);
        }

        if (body.NetworkIdle is not null)
        {
            return page.WaitForNetworkIdleAsync(cancellationToken);
        }

        // The caller's own function is to see the page's own variables.
        return body.Function is { } function
            ? UntilAsync(page, PageScripts.Truth(function), null, cancellationToken)
            : UntilAsync(
                page, PageScripts.Call(PageScripts.Wait, [JsonSerializer.SerializeToElement(body, AgentJsonContext.Default.WaitRequest)]), PageScripts.World, cancellationToken);
    }

    // Asked again and again: a document that is replaced takes whatever watched in it along.
    private static async Task UntilAsync(CdpPage page, string script, string? world, CancellationToken cancellationToken)
    {
        var options = new CdpScriptOptions { IsolatedWorld = world };
        while (true)
        {
            try
            {
                var told = (await page.EvaluateAsync(script, options, cancellationToken)).Value;
                if (told.ValueKind == JsonValueKind.True)
                {
                    return;
                }

                if (told.ValueKind == JsonValueKind.String)
                {
                    throw new ActionException(422, "invalid_selector", told.GetString()!);
                }
            }
            catch (CdpProtocolException error) when (error.Code == NoSuchContext)
            {
                // Between two documents.
            }

            await Task.Delay(s_pause, cancellationToken);
        }
    }
}
