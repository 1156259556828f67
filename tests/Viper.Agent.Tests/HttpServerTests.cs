using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Viper.Agent.Boot;
using Viper.Agent.Server;

namespace Viper.Agent.Tests;

public sealed class HttpServerTests
{
    private const string Head = $"Host: 127.0.0.1:8765\r\nAuthorization: Bearer {AgentHarness.Token}\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("GET", "/statusx", 404, "not_found")]
    [InlineData("GET", "/json/other", 404, "not_found")]
    [InlineData("GET", "/json/close/../x", 404, "not_found")]
    [InlineData("GET", "/json/close/a%20b", 404, "not_found")]
    [InlineData("GET", "/devtools/browser/", 404, "not_found")]
    [InlineData("GET", "/devtools/inspector.html", 404, "not_found")]
    [InlineData("GET", "/devtools/page/a/b", 404, "not_found")]
    [InlineData("GET", "/devtools/page/a", 426, "validation_failed")]
    [InlineData("POST", "/status", 405, "method_not_allowed")]
    [InlineData("GET", "/navigate", 405, "method_not_allowed")]
    [InlineData("PUT", "/screenshot", 405, "method_not_allowed")]
    [InlineData("GET", "/json/new", 405, "method_not_allowed")]
    [InlineData("POST", "/json/version", 405, "method_not_allowed")]
    [InlineData("GET", "/json/close/P9", 404, "page_not_found")]
    public async Task Request_NothingThere_IsAProblem(string method, string target, int status, string code)
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();

        AccessTests.AssertProblem(await agent.AskAsync(method, target), status, code);
    }

    [Theory]
    [InlineData("{", "validation_failed")]
    [InlineData("null", "validation_failed")]
    [InlineData("[]", "validation_failed")]
    [InlineData("{}", "validation_failed")]
    [InlineData("""{"url":"/relative"}""", "validation_failed")]
    [InlineData("""{"url":"javascript:alert(1)"}""", "validation_failed")]
    [InlineData("""{"url":"http://a/","timeout_ms":0}""", "validation_failed")]
    [InlineData("""{"url":"http://a/","timeout_ms":600001}""", "validation_failed")]
    [InlineData("""{"url":"http://a/","wait_until":"never"}""", "validation_failed")]
    [InlineData("""{"url":"http://a/","wait_until":1}""", "validation_failed")]
    [InlineData("""{"url":"http://a/","surprise":1}""", "validation_failed")]
    public async Task Navigate_WrongBody_Is400(string body, string code)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        AccessTests.AssertProblem(await agent.AskAsync("POST", "/navigate", body), 400, code);
    }

    [Theory]
    [InlineData("type=gif")]
    [InlineData("quality=101")]
    [InlineData("quality=x")]
    [InlineData("full_page=maybe")]
    [InlineData("wait_until=never")]
    [InlineData("timeout_ms=-1")]
    [InlineData("url=nowhere")]
    public async Task Screenshot_WrongQuery_Is400(string query)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        AccessTests.AssertProblem(await agent.AskAsync("GET", $"/screenshot?{query}"), 400, "validation_failed");
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.1\nHost: 127.0.0.1\n\n", 400)]
    [InlineData($"POST /navigate HTTP/1.1\r\n{Head}Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    [InlineData($"POST /navigate HTTP/1.1\r\n{Head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}x\r\n", 400)]
    [InlineData($"POST /navigate HTTP/1.1\r\n{Head}Content-Length: 67108865\r\n\r\n", 413)]
    [InlineData($"POST /navigate HTTP/1.1\r\n{Head}Transfer-Encoding: chunked\r\n\r\n4000001\r\n", 413)]
    public async Task Request_Malformed_IsAnsweredAndTheConnectionEnds(string text, int status)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        var answer = await agent.ExchangeAsync(text);

        AccessTests.AssertProblem(answer, status, status == 413 ? "payload_too_large" : "validation_failed");
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ChunkedByteByByte_IsReadWhole()
    {
        await using var agent = AgentHarness.WithoutBrowser();

        await AskByteByByteAsync(agent);
    }

    /// <summary>A wait for data that ended without data made the agent wait for more before it answered: one in some hundred.</summary>
    [Fact]
    public async Task Request_ChunkedByteByByteManyTimes_IsAlwaysAnswered()
    {
        await using var agent = AgentHarness.WithoutBrowser();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 250; i++)
            {
                await AskByteByByteAsync(agent);
            }
        }));
    }

    [Fact]
    public async Task Request_SeveralOnOneConnection_AreAllAnswered()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        var one = $"GET /status HTTP/1.1\r\n{Head}\r\n";

        var answer = await agent.ExchangeAsync(one + one + $"GET /status HTTP/1.1\r\n{Head}Connection: close\r\n\r\n");

        Assert.Equal(3, answer.Split("HTTP/1.1 200 OK").Length - 1);
    }

    [Fact]
    public async Task Request_ExpectsContinue_IsToldToGoOn()
    {
        await using var agent = AgentHarness.WithoutBrowser();

        var answer = await agent.ExchangeAsync($"POST /navigate HTTP/1.1\r\n{Head}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{{}}");

        Assert.StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_HeadNeverEnds_Is408AfterTheDeadline()
    {
        await using var server = StartServer(new ServerOptions
        {
            ListenAddress = IPAddress.Loopback,
            Port = 0,
            HostAddress = IPAddress.Loopback,
            HeadDeadline = TimeSpan.FromMilliseconds(200),
        });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Endpoint, Cancel);

        AccessTests.AssertProblem(await AgentHarness.ExchangeAsync(socket, "GET /status HTTP/1.1\r\nHost:"), 408, "request_timeout");
    }

    [Fact]
    public async Task Request_BodyNeverEnds_Is408AfterTheDeadline()
    {
        await using var server = StartServer(new ServerOptions
        {
            ListenAddress = IPAddress.Loopback,
            Port = 0,
            HostAddress = IPAddress.Loopback,
            BodyDeadline = TimeSpan.FromMilliseconds(200),
        });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Endpoint, Cancel);

        AccessTests.AssertProblem(
            await AgentHarness.ExchangeAsync(socket, $"POST /navigate HTTP/1.1\r\n{Head}Content-Length: 9\r\n\r\n{{"), 408, "request_timeout");
    }

    [Fact]
    public async Task Connection_Idle_IsClosedAfterTheDeadline()
    {
        await using var server = StartServer(new ServerOptions
        {
            ListenAddress = IPAddress.Loopback,
            Port = 0,
            HostAddress = IPAddress.Loopback,
            IdleDeadline = TimeSpan.FromMilliseconds(200),
        });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Endpoint, Cancel);

        Assert.Equal(string.Empty, await AgentHarness.ExchangeAsync(socket, string.Empty));
    }

    [Fact]
    public async Task Connection_BeyondTheLimit_IsDropped()
    {
        await using var server = StartServer(new ServerOptions
        {
            ListenAddress = IPAddress.Loopback,
            Port = 0,
            HostAddress = IPAddress.Loopback,
            MaxConnections = 2,
        });
        List<Socket> sockets = [];
        for (var i = 0; i < 2; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            await socket.ConnectAsync(server.Endpoint, Cancel);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /status HTTP/1.1\r\n{Head}\r\n"), Cancel);
            Assert.True(await socket.ReceiveAsync(new byte[4096], Cancel) > 0);
        }

        var answer = string.Empty;
        using var third = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await third.ConnectAsync(server.Endpoint, Cancel);
            answer = await AgentHarness.ExchangeAsync(third, $"GET /status HTTP/1.1\r\n{Head}\r\n");
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Dropped before connect had returned.
        }

        Assert.DoesNotContain("HTTP", answer, StringComparison.Ordinal);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void Start_AddressNotOurs_SaysSo()
    {
        var options = new ServerOptions { ListenAddress = IPAddress.Parse("203.0.113.7"), Port = 0, HostAddress = IPAddress.Loopback };

        Assert.Contains("203.0.113.7", Assert.Throws<AgentStartException>(() => StartServer(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_WithoutBrowser_SaysAbsent()
    {
        await using var agent = await AgentHarness.WithoutBrowser().ReadyAsync();

        using var status = JsonDocument.Parse(Body(await agent.AskAsync("GET", "/status")));

        Assert.Equal("absent", status.RootElement.GetProperty("browser").GetProperty("state").GetString());
        Assert.Equal(AgentVersion.Text, status.RootElement.GetProperty("agent").GetProperty("version").GetString());
        Assert.True(status.RootElement.GetProperty("boot_ms").GetProperty("listening").GetInt64() > 0);
    }

    [Fact]
    public async Task Status_BrowserRuns_SaysWhatItIs()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();

        using var status = JsonDocument.Parse(Body(await agent.AskAsync("GET", "/status?x=y")));
        var browser = status.RootElement.GetProperty("browser");

        Assert.Equal(("running", FakeChrome.Product), (browser.GetProperty("state").GetString(), browser.GetProperty("product").GetString()));
        Assert.Equal((2, 0), (browser.GetProperty("pages").GetInt32(), browser.GetProperty("restarts").GetInt32()));
        Assert.Equal(agent.Agent.Browser.Pid, browser.GetProperty("pid").GetInt32());
    }

    [Theory]
    [InlineData("GET", "/json/version", "/json/version")]
    [InlineData("GET", "/json/version/?token=x", "/json/version")]
    [InlineData("GET", "/json", "/json/list")]
    [InlineData("GET", "/json/list/", "/json/list")]
    [InlineData("GET", "/json/protocol/", "/json/protocol")]
    [InlineData("PUT", "/json/new?http://a/?b=c", "/json/new?http://a/?b=c")]
    [InlineData("PUT", "/json/new/", "/json/new")]
    [InlineData("GET", "/json/activate/P1", "/json/activate/P1")]
    [InlineData("GET", "/json/close/P1", "/json/close/P1")]
    [InlineData("PUT", "/json/close/P1", "/json/close/P1")]
    [InlineData("PUT", "/json/list", "/json/list")]
    public async Task Json_Path_IsForwardedWithoutTheCallersHeaders(string method, string target, string forwarded)
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();

        var answer = await agent.AskAsync(method, target, headers: "Cookie: a=b\r\nX-Forwarded-For: 1.2.3.4\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(
            $"{method} {forwarded} HTTP/1.1\r\nHost: 127.0.0.1:{agent.Chrome.Port}\r\nConnection: close\r\n\r\n",
            agent.Chrome.Heads.Last());
    }

    [Theory]
    [InlineData("GET", "/json/version")]
    [InlineData("GET", "/screenshot")]
    public async Task BrowserPath_WithoutBrowser_Is409(string method, string target)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        AccessTests.AssertProblem(await agent.AskAsync(method, target), 409, "browser_absent");
    }

    [Theory]
    [InlineData("GET", "/json/version")]
    [InlineData("GET", "/screenshot")]
    public async Task BrowserPath_WhileStarting_Is503AndRetryable(string method, string target)
    {
        await using var agent = AgentHarness.WithFake(script: "#!/bin/sh\nexec sleep 1000000\n");

        var answer = await agent.AskAsync(method, target);

        AccessTests.AssertProblem(answer, 503, "vm_starting");
        Assert.Contains("Retry-After: 1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"retryable\":true", answer, StringComparison.Ordinal);
    }

    internal static string Body(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static AgentServer StartServer(ServerOptions options)
    {
        var browser = new Browser.BrowserSupervisor(new Browser.BrowserOptions { Path = "/absent" }, null, new SilentEvents());
        browser.Start();
        var relay = new RelayEndpoint(browser);
        var router = new AgentRouter(
            new StatusEndpoint(browser, relay, new BootRecord()),
            new DevToolsEndpoint(browser),
            relay,
            new Actions.ActionRunner(browser, new Actions.BrowserLink()),
            []);
        var server = new AgentServer(options, new AccessPolicy(options.HostAddress, VmToken.TryParse(Encoding.ASCII.GetBytes(AgentHarness.Token))!), router);
        server.Start();
        return server;
    }

    private static async Task AskByteByByteAsync(AgentHarness agent)
    {
        using var socket = await agent.ConnectAsync();
        var body = """{"url":"http://a/"}""";
        var text = $"POST /navigate HTTP/1.1\r\n{Head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"5;ext=1\r\n{body[..5]}\r\n{body.Length - 5:x}\r\n{body[5..]}\r\n0\r\nTrailer: x\r\n\r\n";
        foreach (var octet in Encoding.ASCII.GetBytes(text))
        {
            await socket.SendAsync(new[] { octet }, Cancel);
        }

        AccessTests.AssertProblem(await AgentHarness.ExchangeAsync(socket, string.Empty), 409, "browser_absent");
    }
}
