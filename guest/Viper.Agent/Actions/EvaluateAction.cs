using System.Text.Json;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /evaluate</c>.</summary>
internal sealed class EvaluateAction(ActionRunner runner) : IPageAction
{
    public string Methods => "POST";

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var body = Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.EvaluateRequest);
        var timeout = Fields.Timeout(body.TimeoutMs);
        var script = ScriptOf(body);
        var options = new CdpScriptOptions
        {
            AwaitPromise = body.AwaitPromise ?? true,
            IsolatedWorld = body.World == ScriptWorld.Isolated ? PageScripts.World : null,
        };
        return runner.RunAsync(
            call,
            timeout,
            async (page, deadline, cancellationToken) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(deadline.Left);
                var value = await page.EvaluateAsync(script, options, limit.Token);
                var result = new EvaluateResult
                {
                    Value = value.Value.ValueKind == JsonValueKind.Undefined ? null : value.Value,
                    Type = value.Type,
                    Unserializable = value.Unserializable,
                };
                return await PageAnswer.MakeAsync(page, result, AgentJsonContext.Default.AgentAnswerEvaluateResult, deadline, limit.Token);
            });
    }

    private static string ScriptOf(EvaluateRequest body) => (body.Expression, body.Function) switch
    {
        ({ Length: > 0 } expression, null) when body.Args is null => expression,
        ({ Length: > 0 }, null) => throw new FieldException("args", "format", "args are for a function; an expression has none."),
        (null, { Length: > 0 } function) => PageScripts.Call(function, body.Args ?? []),
        (null or "", null or "") => throw new FieldException("expression", "required", "The script is missing: expression, or function with args."),
        _ => throw new FieldException("function", "format", "Either expression or function is given, not both."),
    };
}
