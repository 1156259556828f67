using System.Text.Json;
using Viper.Agent.Boot;
using Viper.Agent.Browser;
using Viper.Agent.DevTools;
using Viper.Contracts.Agent;

namespace Viper.Agent.Server;

/// <summary><c>GET /status</c>.</summary>
internal sealed class StatusEndpoint
{
    private static readonly TimeSpan s_pagesDeadline = TimeSpan.FromSeconds(2);

    private readonly BrowserSupervisor _browser;
    private readonly RelayEndpoint _relay;
    private readonly BootRecord _boot;
    private readonly long _started = BootClock.Now;

    internal StatusEndpoint(BrowserSupervisor browser, RelayEndpoint relay, BootRecord boot)
    {
        _browser = browser;
        _relay = relay;
        _boot = boot;
    }

    internal async Task<AgentResponse> AnswerAsync(CancellationToken cancellationToken)
    {
        var state = _browser.State;
        var status = new AgentStatus
        {
            Agent = new AgentInfo
            {
                Version = AgentVersion.Text,
                UptimeSeconds = (BootClock.Now - _started) / 1000,
                Pid = Environment.ProcessId,
            },
            Browser = new BrowserInfo
            {
                State = state.Health,
                Product = state.Run?.Product,
                Restarts = state.Restarts,
                Pid = _browser.Pid,
                Pages = state.Run is { } run ? await CountPagesAsync(run, cancellationToken) : null,
                Connections = _relay.Connections,
            },
            BootMs = _boot.ToTimes(),
        };
        return new AgentResponse(200, "application/json", JsonSerializer.SerializeToUtf8Bytes(status, AgentJsonContext.Default.AgentStatus));
    }

    // A browser that hangs must not take the status with it.
    private static async Task<int?> CountPagesAsync(BrowserRun run, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_pagesDeadline);
        try
        {
            return (await DevToolsClient.GetPageIdsAsync(run.Endpoint, deadline.Token)).Count;
        }
        catch (Exception error) when (error is IOException or DevToolsException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
