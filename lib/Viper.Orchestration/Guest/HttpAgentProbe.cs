using System.Net.Http.Headers;
using System.Text.Json;

namespace Viper.Orchestration.Guest;

/// <summary>Asks over HTTP: <c>GET /status</c> with the VM's token.</summary>
/// <remarks>Only the token's holder can answer usefully, and only the guest's address is asked, so an answer here is proof where the ring is a hint.</remarks>
internal sealed class HttpAgentProbe : IAgentProbe, IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = s_deadline,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public async Task<AgentHealth?> AskAsync(AgentAddress agent, CancellationToken cancellationToken)
    {
        AgentHealth? health = await TryAskAsync(agent, cancellationToken).ConfigureAwait(false);

        // This may be a thread that watches sockets, on which nobody may block; who asked commits to the database next.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return health;
    }

    public void Dispose() => _http.Dispose();

    private async Task<AgentHealth?> TryAskAsync(AgentAddress agent, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, $"http://{agent.EndPoint}/status");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", agent.Token);
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return Read(body);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Reads the answer's <c>browser</c>; null if it is not what an agent says.</summary>
    internal static AgentHealth? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("browser", out JsonElement browser) || browser.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            string? state = Text(browser, "state");
            return new AgentHealth(state is not "absent", state is "running" ? Text(browser, "product") : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
