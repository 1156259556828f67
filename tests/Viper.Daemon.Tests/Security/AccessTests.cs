using System.Net;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Security;

public sealed class AccessTests
{
    private const string Key = "k3y-of-the-test";

    /// <summary>Every route there is, with a method that it takes, and paths that are none.</summary>
    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "/api/v1/vms" }, { "POST", "/api/v1/vms" }, { "GET", "/api/v1/vms/a" }, { "DELETE", "/api/v1/vms/a" },
        { "POST", "/api/v1/vms/a/start" }, { "POST", "/api/v1/vms/a/stop" }, { "POST", "/api/v1/vms/a/tickets" }, { "GET", "/api/v1/vms/a/events" }, { "GET", "/api/v1/vms/a/logs" },
        { "GET", "/api/v1/vms/a/agent/status" }, { "GET", "/api/v1/vms/a/agent/json/version" }, { "GET", "/api/v1/vms/a/agent/devtools/browser/default" },
        { "GET", "/api/v1/events" }, { "GET", "/api/v1/events/vms" }, { "GET", "/api/v1/images" }, { "GET", "/api/v1/system/status" },
        { "GET", "/api/v1/system/version" }, { "GET", "/healthz" }, { "GET", "/readyz" }, { "GET", "/nothing" }, { "PATCH", "/api/v1/vms" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task AnyRoute_ForeignHost_IsRefused(string method, string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        string answer = await RawExchange.SendAsync(daemon, $"{method} {path} HTTP/1.1\r\nHost: rebound.example:{daemon.Tcp.Port}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"forbidden_host\"", answer, StringComparison.Ordinal);
        Assert.Empty(daemon.Agent.Heads);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task AnyRoute_ForeignOrigin_IsRefused(string method, string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        string answer = await RawExchange.SendAsync(daemon, $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"forbidden_origin\"", answer, StringComparison.Ordinal);
        Assert.Empty(daemon.Agent.Heads);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task AnyRoute_NoKey_IsRefusedSaveHealth(string method, string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiKey = Key });
        await daemon.CreateAsync("a");

        string answer = await RawExchange.SendAsync(daemon, $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        if (path == "/healthz")
        {
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
            return;
        }

        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Bearer realm=\"viper\"\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"unauthorized\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, answer, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task AnyRoute_PeerOutsideTheAllowedNetworks_IsRefused(string method, string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { AllowCidr = [IPNetwork.Parse("203.0.113.0/24")] });
        await daemon.CreateAsync("a");

        string answer = await RawExchange.SendAsync(daemon, $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"forbidden\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:1", true)]
    [InlineData("127.0.0.1:65535", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("[::1]", true)]
    [InlineData("viper.lan", true)]
    [InlineData("viper.lan:9999", true)]
    [InlineData("localhost.", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example:7777", false)]
    [InlineData("127.0.0.2", false)]
    [InlineData("0.0.0.0", false)]
    public async Task Host_OnTcp_IsHeldAgainstTheList(string host, bool allowed)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiHosts = ["viper.lan"] });

        string answer = await RawExchange.SendAsync(daemon, $"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith(allowed ? "HTTP/1.1 200 " : "HTTP/1.1 403 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_OnUnixSocket_CanBeAnything()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { AllowCidr = [IPNetwork.Parse("203.0.113.0/24")] });
        using HttpClient http = daemon.UnixHttp();

        using HttpResponseMessage answer = await http.GetAsync("/healthz", DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}", true)]
    [InlineData("http://localhost:{0}", true)]
    [InlineData("http://[::1]:{0}", true)]
    [InlineData("https://viper.lan:8443", true)]
    [InlineData("null", false)]
    [InlineData("", false)]
    [InlineData("not an origin", false)]
    [InlineData("http://127.0.0.1:1", false)]
    [InlineData("http://127.0.0.1", false)]
    [InlineData("https://127.0.0.1:{0}", false)]
    [InlineData("http://evil.example:{0}", false)]
    public async Task Origin_Present_MustBeTheDaemonsOwn(string origin, bool allowed)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiHosts = ["viper.lan:8443"] });
        string own = string.Format(System.Globalization.CultureInfo.InvariantCulture, origin, daemon.Tcp.Port);

        string answer = await RawExchange.SendAsync(daemon, $"GET /healthz HTTP/1.1\r\nHost: localhost\r\nOrigin: {own}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith(allowed ? "HTTP/1.1 200 " : "HTTP/1.1 403 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origin_OnUnixSocket_IsCheckedToo()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.UnixHttp();
        using HttpRequestMessage request = new(HttpMethod.Get, "/healthz");
        request.Headers.TryAddWithoutValidation("Origin", "null");

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal(ProblemCodes.ForbiddenOrigin, (await DaemonHarness.ProblemOf(answer)).Code);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key, true, true)]
    [InlineData("Authorization", "bearer  " + Key, true, true)]
    [InlineData("X-API-Key", Key, true, true)]
    [InlineData("X-API-Key", Key, false, true)]
    [InlineData("Authorization", "Bearer " + Key + "x", true, false)]
    [InlineData("Authorization", "Bearer", true, false)]
    [InlineData("Authorization", "Basic " + Key, true, false)]
    [InlineData("X-API-Key", "", true, false)]
    [InlineData("X-API-Key", "other", false, false)]
    public async Task Key_OnTcpAndUnixSocket_IsAskedFor(string header, string value, bool isTcp, bool admitted)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiKey = Key });
        using HttpClient http = isTcp ? daemon.Http() : daemon.UnixHttp();
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/vms");
        request.Headers.TryAddWithoutValidation(header, value);

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal(admitted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Peer_InsideTheAllowedNetworks_IsServed()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { AllowCidr = [IPNetwork.Parse("127.0.0.0/8")] });
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms", DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task WebSocket_ForeignOrigin_IsRefusedAsProblemBeforeTheUpgrade()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await using Stream stream = await daemon.ConnectAsync();

        string head = await RawExchange.UpgradeAsync(stream, "/api/v1/vms/a/agent/devtools/browser/default", "localhost", "Origin: https://evil.example\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", head, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /api/v1/vms/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/v1/vms HTTP/1.1\r\n\r\n")]
    [InlineData("GET /api/v1/vms HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("garbage\r\n\r\n")]
    public async Task Request_NotValidHttp_IsRefusedByTheServer(string request)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        string answer = await RawExchange.SendAsync(daemon, request);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnixSocket_WhileServing_IsItsOwnersAlone()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(daemon.SocketPath));
    }
}
