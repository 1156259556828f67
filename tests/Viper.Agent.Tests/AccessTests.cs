using System.Text.Json;

namespace Viper.Agent.Tests;

public sealed class AccessTests
{
    private const string Auth = $"Authorization: Bearer {AgentHarness.Token}\r\n";

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("127.3.2.1")]
    public async Task Connection_NotFromTheHost_IsClosedWithoutAnAnswer(string from)
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();

        var answer = await agent.ExchangeAsync($"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n{Auth}\r\n", from);

        Assert.Equal(string.Empty, answer.Replace("<reset>", string.Empty, StringComparison.Ordinal));
        Assert.Contains("200 OK", await agent.AskAsync("GET", "/status"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 401, "unauthorized")]
    [InlineData("Authorization: Bearer wrong-token-0123456789abcdefghijklmnopq\r\n", 401, "unauthorized")]
    [InlineData("Authorization: Bearer \r\n", 401, "unauthorized")]
    [InlineData($"Authorization: Basic {AgentHarness.Token}\r\n", 401, "unauthorized")]
    [InlineData($"{Auth}{Auth}", 401, "unauthorized")]
    [InlineData($"Authorization: Bearer nonsense\r\nX-Viper-Token: {AgentHarness.Token}\r\n", 401, "unauthorized")]
    [InlineData("X-Viper-Token: nonsense\r\n", 401, "unauthorized")]
    [InlineData($"{Auth}Origin: http://127.0.0.1:8765\r\n", 403, "forbidden_origin")]
    [InlineData($"{Auth}Origin: null\r\n", 403, "forbidden_origin")]
    [InlineData($"{Auth}Origin:\r\n", 403, "forbidden_origin")]
    public async Task Request_NotAllowed_IsAProblem(string headers, int status, string code)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        var answer = await agent.ExchangeAsync($"GET /status HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nConnection: close\r\n{headers}\r\n");

        AssertProblem(answer, status, code);
    }

    [Theory]
    [InlineData("localhost:8765")]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("127.0.0.1:80:80")]
    [InlineData("[::1")]
    [InlineData("[127.0.0.1]")]
    [InlineData("")]
    public async Task Request_HostIsAName_Is403(string host)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        var answer = await agent.ExchangeAsync($"GET /status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{Auth}\r\n");

        AssertProblem(answer, 403, "forbidden_host");
    }

    [Theory]
    [InlineData("127.0.0.1", Auth)]
    [InlineData("10.9.8.7:1", Auth)]
    [InlineData("[::1]:8765", Auth)]
    [InlineData("127.0.0.1:8765", $"X-Viper-Token: {AgentHarness.Token}\r\n")]
    [InlineData("127.0.0.1:8765", $"authorization: bearer {AgentHarness.Token}\r\n")]
    public async Task Request_Allowed_IsAnswered(string host, string headers)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        Assert.StartsWith(
            "HTTP/1.1 200 OK\r\n",
            await agent.ExchangeAsync($"GET /status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSocket_WithoutToken_Is401()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();

        var answer = await agent.ExchangeAsync(
            "GET /devtools/browser/default HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Key: a\r\n\r\n");

        AssertProblem(answer, 401, "unauthorized");
        Assert.DoesNotContain(agent.Chrome.Heads, head => head.Contains("/devtools/", StringComparison.Ordinal));
    }

    internal static void AssertProblem(string answer, int status, string code)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(AgentHarness.Token, answer, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
    }
}
