using System.Text.Json;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>Something that a person does to an element: waits for it, does it, and tells what that set off.</summary>
internal abstract class ElementAction(ActionRunner runner) : IPageAction
{
    public string Methods => "POST";

    /// <summary>Gets the members of the request that the action takes, beside <c>target</c> and <c>timeout_ms</c>.</summary>
    protected abstract IReadOnlyList<string> Members { get; }

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var body = Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.ElementRequest);
        var timeout = Fields.Timeout(body.TimeoutMs);
        CheckMembers(body);
        Check(body);
        return runner.RunAsync(
            call,
            timeout,
            async (page, deadline, cancellationToken) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(deadline.Left);
                var before = await runner.ListPagesAsync(limit.Token);
                await using var effects = await PageEffects.WatchAsync(page, limit.Token);
                var elements = body.Target is { } target ? new PageElements(page, target, limit.Token) : null;
                var element = await ActAsync(page, elements, body, cancellationToken);
                await effects.SettleAsync(limit.Token);
                var result = await effects.TellAsync(
                    element, async () => [.. (await runner.ListPagesAsync(limit.Token)).Except(before)]);
                return await PageAnswer.MakeAsync(page, result, AgentJsonContext.Default.AgentAnswerElementResult, deadline, limit.Token);
            });
    }

    /// <summary>Refuses what cannot be done.</summary>
    /// <exception cref="FieldException">A member is missing or wrong.</exception>
    protected abstract void Check(ElementRequest body);

    /// <summary>Does it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="elements">The target's; null where the request names none.</param>
    /// <param name="body">The request.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it was done to.</returns>
    protected abstract Task<string?> ActAsync(CdpPage page, PageElements? elements, ElementRequest body, CancellationToken cancellationToken);

    protected static string Needed(string? value, string member) =>
        value ?? throw new FieldException(member, "required", $"{member} is missing.");

    private void CheckMembers(ElementRequest body)
    {
        // The record as JSON names what was given.
        var given = JsonSerializer.SerializeToElement(body, AgentJsonContext.Default.ElementRequest);
        foreach (var member in given.EnumerateObject())
        {
            if (member.Name is not ("target" or "timeout_ms") && !Members.Contains(member.Name))
            {
                throw new FieldException(member.Name, "format", $"{member.Name} is of no use here; known: target, timeout_ms{string.Concat(Members.Select(static name => ", " + name))}.");
            }
        }

        if (body.Target is "")
        {
            throw new FieldException("target", "required", "target is empty.");
        }
    }
}
