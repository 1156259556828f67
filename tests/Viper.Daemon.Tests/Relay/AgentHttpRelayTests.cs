using System.Text;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Relay;

public sealed class AgentHttpRelayTests
{
    [Fact]
    public async Task Request_WithCallersHeaders_IsRebuilt()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiKey = "callers-own-key" });
        await daemon.CreateAsync("a");
        string answer = await RawExchange.SendAsync(
            daemon,
            "GET /api/v1/vms/a/agent/status?x=1&y=%2F HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer callers-own-key\r\nX-API-Key: callers-own-key\r\n" +
            $"Cookie: c=1\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: h\r\nForwarded: for=1\r\nOrigin: {daemon.TcpBase}\r\n" +
            "X-Kept: kept\r\nTE: trailers\r\nConnection: close\r\n\r\n");

        string head = Assert.Single(daemon.Agent.Heads);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.StartsWith("GET /status?x=1&y=%2F HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nHost: {daemon.Agent.EndPoint}\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nAuthorization: Bearer {daemon.Engine.AgentToken}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Kept: kept\r\n", head, StringComparison.Ordinal);
        foreach (string gone in (string[])["callers-own-key", "Cookie", "Forwarded", "Origin", "TE:", "traceparent"])
        {
            Assert.DoesNotContain(gone, head, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("/files/a%20b%2Fc%25d", "/files/a%20b%2Fc%25d")]
    [InlineData("/files//x", "/files//x")]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/a/../files/x", "/files/x")]
    public async Task Request_Path_ReachesTheAgentAsWritten(string path, string seen)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        await RawExchange.SendAsync(daemon, $"GET /api/v1/vms/a/agent{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"GET {seen} HTTP/1.1\r\n", Assert.Single(daemon.Agent.Heads), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_LargeBody_PassesBothWaysByteForByte(bool isChunked)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        byte[] body = new byte[20 * 1024 * 1024];
        new Random(7).NextBytes(body);
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/vms/a/agent/echo") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = isChunked;

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        byte[] echoed = await answer.Content.ReadAsByteArrayAsync(DaemonHarness.Deadline);
        Assert.True(body.AsSpan().SequenceEqual(echoed));
    }

    [Fact]
    public async Task Response_HeadersOfTheGuest_CannotTouchTheDaemonsOrigin()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.Answers["/page"] = new AgentAnswer(203, "text/html", Encoding.ASCII.GetBytes("<script>"))
        {
            Headers = "Set-Cookie: a=1\r\nAccess-Control-Allow-Origin: *\r\nContent-Security-Policy: none\r\nX-Kept: yes\r\nService-Worker-Allowed: /",
        };
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/agent/page", DaemonHarness.Deadline);

        Assert.Equal(203, (int)answer.StatusCode);
        Assert.Equal("yes", answer.Headers.GetValues("X-Kept").Single());
        Assert.Equal("sandbox; default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.False(answer.Headers.Contains("Set-Cookie") || answer.Headers.Contains("Access-Control-Allow-Origin") || answer.Headers.Contains("Service-Worker-Allowed"));
    }

    [Fact]
    public async Task Response_AgentsOwnProblem_PassesAsItIs()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        const string Body = """{"type":"t","title":"T","status":504,"detail":"d","code":"navigation_timeout"}""";
        daemon.Agent.Answers["/navigate"] = new AgentAnswer(504, Problem.MediaType, Encoding.UTF8.GetBytes(Body));
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms/a/agent/navigate", DaemonHarness.Json("{}"), DaemonHarness.Deadline);

        Assert.Equal(Body, await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline));
    }

    [Theory]
    [InlineData("/json/version")]
    [InlineData("/json/version/")]
    [InlineData("/json/version?token=t")]
    public async Task Discovery_Version_NamesTheCallersAddress(string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using JsonDocument version = JsonDocument.Parse(await http.GetStringAsync("/api/v1/vms/a/agent" + path, DaemonHarness.Deadline));

        Assert.Equal($"ws://127.0.0.1:{daemon.Tcp.Port}/api/v1/vms/a/agent/devtools/browser/b0a8-11", version.RootElement.GetProperty("webSocketDebuggerUrl").GetString());
        Assert.Equal("HeadlessChrome/156.0", version.RootElement.GetProperty("Browser").GetString());
    }

    [Theory]
    [InlineData("/json")]
    [InlineData("/json/list")]
    [InlineData("/json/list/")]
    public async Task Discovery_List_NamesTheCallersAddressAndNoFrontend(string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.UnixHttp();

        using JsonDocument list = JsonDocument.Parse(await http.GetStringAsync("/api/v1/vms/a/agent" + path, DaemonHarness.Deadline));

        JsonElement page = list.RootElement[0];
        Assert.Equal("ws://daemon/api/v1/vms/a/agent/devtools/page/P1", page.GetProperty("webSocketDebuggerUrl").GetString());
        Assert.False(page.TryGetProperty("devtoolsFrontendUrl", out _));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("")]
    public async Task Discovery_GuestAnswersRubbish_IsAgentUnreachable(string body)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.Answers["/json/version"] = AgentAnswer.Json(body);
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/agent/json/version", DaemonHarness.Deadline);

        Assert.Equal((502, ProblemCodes.AgentUnreachable), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
    }

    [Fact]
    public async Task Request_VmIsStarting_AnswersVmStarting()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/agent/status", DaemonHarness.Deadline);

        Assert.Equal((503, ProblemCodes.VmStarting), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
        Assert.True(answer.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task Request_VmIsStopped_AnswersVmNotRunning()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await daemon.Engine.StopAsync("a", false, DaemonHarness.Deadline);
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/agent/status", DaemonHarness.Deadline);

        Assert.Equal((409, ProblemCodes.VmNotRunning), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
    }

    [Fact]
    public async Task Request_NobodyListens_AnswersAgentUnreachable()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await daemon.Agent.DisposeAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/agent/status", DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((502, ProblemCodes.AgentUnreachable, true), (problem.Status, problem.Code, problem.Retryable));
    }

    [Fact]
    public async Task Request_AgentRefusesTheToken_AnswersAgentUnreachable()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AgentToken = "another";
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/agent/status", DaemonHarness.Deadline);

        Assert.Equal(ProblemCodes.AgentUnreachable, (await DaemonHarness.ProblemOf(answer)).Code);
    }

    [Fact]
    public async Task Request_RunEndsBeforeTheAnswer_AnswersVmNotRunning()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        TaskCompletionSource asked = new();
        daemon.Agent.Answers["/slow"] = new AgentAnswer(200, "", [])
        {
            Raw = (_, token) =>
            {
                asked.SetResult();
                return Task.Delay(Timeout.Infinite, token);
            },
        };
        using HttpClient http = daemon.Http();
        Task<HttpResponseMessage> pending = http.GetAsync("/api/v1/vms/a/agent/slow", DaemonHarness.Deadline);
        await asked.Task;

        daemon.Engine.Crash("a", "killed");

        using HttpResponseMessage answer = await pending;
        Assert.Equal(ProblemCodes.VmNotRunning, (await DaemonHarness.ProblemOf(answer)).Code);
    }

    [Fact]
    public async Task Response_BreaksOffInTheMiddle_TearsTheConnection()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.Answers["/half"] = new AgentAnswer(200, "", [])
        {
            Raw = async (stream, token) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray(), token),
        };
        using HttpClient http = daemon.Http();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetByteArrayAsync("/api/v1/vms/a/agent/half", DaemonHarness.Deadline));
    }

    [Fact]
    public async Task Response_OfAStream_PassesAsItComes()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        TaskCompletionSource seen = new();
        daemon.Agent.Answers["/stream"] = new AgentAnswer(200, "", [])
        {
            Raw = async (stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"u8.ToArray(), token);
                await seen.Task;
                await stream.WriteAsync("6\r\nsecond\r\n0\r\n\r\n"u8.ToArray(), token);
            },
        };
        using HttpClient http = daemon.Http();
        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/agent/stream", HttpCompletionOption.ResponseHeadersRead, DaemonHarness.Deadline);
        await using Stream body = await answer.Content.ReadAsStreamAsync(DaemonHarness.Deadline);

        string first = await RawExchange.ReadTextAsync(body, 5);
        seen.SetResult();
        using StreamReader rest = new(body);

        Assert.Equal(("first", "second"), (first, await rest.ReadToEndAsync(DaemonHarness.Deadline)));
    }
}
