using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Agent.Server;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>Makes the answers of what was done to a page.</summary>
internal static class PageAnswer
{
    internal static async Task<AgentResponse> MakeAsync<T>(
        CdpPage page, T result, JsonTypeInfo<AgentAnswer<T>> type, ActionDeadline deadline, CancellationToken cancellationToken) =>
        Make(await DescribeAsync(page, cancellationToken), result, type, deadline);

    internal static AgentResponse Make<T>(AgentPage page, T result, JsonTypeInfo<AgentAnswer<T>> type, ActionDeadline deadline)
    {
        var answer = new AgentAnswer<T> { Page = page, Result = result, DurationMs = (long)deadline.Elapsed.TotalMilliseconds };
        return new AgentResponse(200, "application/json", JsonSerializer.SerializeToUtf8Bytes(answer, type));
    }

    internal static async Task<AgentPage> DescribeAsync(CdpPage page, CancellationToken cancellationToken)
    {
        // From the page itself: what the browser knows of its title can be a moment behind.
        var seen = await page.EvaluateAsync("[String(location.href), String(document.title)]", cancellationToken);
        return seen.ValueKind == JsonValueKind.Array && seen.GetArrayLength() == 2
            ? new AgentPage { Id = page.TargetId, Url = seen[0].GetString() ?? string.Empty, Title = seen[1].GetString() ?? string.Empty }
            : new AgentPage { Id = page.TargetId, Url = string.Empty, Title = string.Empty };
    }
}
