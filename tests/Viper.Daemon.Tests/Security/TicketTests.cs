using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Viper.Contracts;
using Viper.Daemon.Hosting;
using Viper.Daemon.Security;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Security;

/// <summary>What a ticket opens, and what it does not.</summary>
public sealed class TicketTests
{
    private const string Key = "k3y-of-the-test";
    private const string Agent = "/api/v1/vms/a/agent";

    [Fact]
    public async Task Discovery_ByTicket_LeadsIntoTheSocketWithNothingButTheAddress()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        VmTicket ticket = await TicketAsync(daemon);
        Uri given = new(ticket.CdpHttp!);

        // As Playwright does: path and query kept, then the address of the answer and nothing else.
        Uri address = new(await SocketOfAsync(daemon, $"{given.AbsolutePath}/json/version/{given.Query}"));

        Assert.Equal(($"?ticket={ticket.Ticket}", $"{Agent}/devtools/browser/b0a8-11"), (address.Query, address.AbsolutePath));
        using ClientWebSocket client = await ConnectAsync(address);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, DaemonHarness.Deadline);
        Assert.Equal("hello", await ReadAsync(client));
        Assert.DoesNotContain(daemon.Agent.Heads, static head => head.Contains("ticket", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(daemon.Agent.Heads, static head => head.StartsWith("GET /json/version/ HTTP/1.1\r\n", StringComparison.Ordinal));
        Assert.Contains(daemon.Agent.Heads, static head => head.StartsWith("GET /devtools/browser/b0a8-11 HTTP/1.1\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Discovery_ByKey_GivesTicketedAddresses()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        VmTicket ticket = await TicketAsync(daemon);

        Uri address = new(await SocketOfAsync(daemon, Agent + "/json/list", Key));

        Assert.Equal(($"?ticket={ticket.Ticket}", $"{Agent}/devtools/page/P1"), (address.Query, address.AbsolutePath));
        using ClientWebSocket client = await ConnectAsync(address);
    }

    [Fact]
    public async Task Discovery_NoKeyAsked_GivesAddressesWithoutTickets()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        Assert.Equal("", new Uri(await SocketOfAsync(daemon, Agent + "/json/version")).Query);
        VmTicket ticket = await TicketAsync(daemon);
        Assert.Equal($"?ticket={ticket.Ticket}", new Uri(await SocketOfAsync(daemon, $"{Agent}/json/version?ticket={ticket.Ticket}")).Query);
    }

    [Fact]
    public async Task Give_IsTheSameUntilItIsRevoked_AndOverARestart()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        using HttpClient http = Keyed(daemon);
        VmTicket first = await TicketAsync(daemon);
        Assert.Equal(
            ("a", $"{daemon.TcpBase}{Agent}?ticket={first.Ticket}", $"ws://127.0.0.1:{daemon.Tcp.Port}{Agent}/devtools/browser/default?ticket={first.Ticket}"),
            (first.Vm, first.CdpHttp, first.CdpWs));
        Assert.Matches("^[A-Za-z0-9_-]{43}$", first.Ticket);
        Assert.DoesNotContain(first.Ticket, first.ToString(), StringComparison.Ordinal);

        await daemon.RestartAsync();
        Assert.Equal(first.Ticket, (await TicketAsync(daemon)).Ticket);
        using HttpClient again = Keyed(daemon);
        using HttpResponseMessage revoked = await again.DeleteAsync("/api/v1/vms/a/tickets", DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.NotEqual(first.Ticket, (await TicketAsync(daemon)).Ticket);
    }

    [Theory]
    [InlineData("POST", "/api/v1/vms/none/tickets")]
    [InlineData("DELETE", "/api/v1/vms/none/tickets")]
    public async Task Endpoint_NoSuchVm_IsNotFound(string method, string path)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        using HttpClient http = Keyed(daemon);

        using HttpResponseMessage answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), DaemonHarness.Deadline);

        Assert.Equal(ProblemCodes.VmNotFound, (await DaemonHarness.ProblemOf(answer)).Code);
    }

    [Fact]
    public async Task Revoke_CutsWhatTicketsLetInAndNothingElse()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        VmTicket ticket = await TicketAsync(daemon);
        Uri address = new(ticket.CdpWs!);
        using ClientWebSocket byTicket = await ConnectAsync(address);
        using ClientWebSocket byKey = await ConnectAsync(new Uri(address.GetLeftPart(UriPartial.Path)), Key);
        using HttpClient http = Keyed(daemon);

        (await http.DeleteAsync("/api/v1/vms/a/tickets", DaemonHarness.Deadline)).Dispose();

        Assert.Equal("", await ReadAsync(byTicket));
        Assert.Equal((4003, "ticket_revoked"), ((int?)byTicket.CloseStatus, byTicket.CloseStatusDescription));
        await byKey.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, DaemonHarness.Deadline);
        Assert.Equal("hello", await ReadAsync(byKey));
        Assert.Equal(ProblemCodes.TicketRefused, await RefusalAsync(daemon, $"GET {Agent}/json/version?ticket={ticket.Ticket}"));
        Assert.Equal(ProblemCodes.TicketRefused, await RefusalAsync(daemon, $"GET {Agent}/json/version?ticket={ticket.Ticket}", $"X-API-Key: {Key}\r\n"));
    }

    /// <summary>One ticket, wherever it must not be taken.</summary>
    [Theory]
    [InlineData("GET /api/v1/vms/b/agent/json/version?ticket=T", ProblemCodes.TicketRefused)]
    [InlineData("GET /api/v1/vms/none/agent/json/version?ticket=T", ProblemCodes.TicketRefused)]
    [InlineData("GET /api/v1/vms/a/agent/json/version?ticket=Tx", ProblemCodes.TicketRefused)]
    [InlineData("GET /api/v1/vms/a/agent/json/version?ticket=", ProblemCodes.TicketRefused)]
    [InlineData("GET /api/v1/vms/a/agent/json/version?ticket=T&ticket=T", ProblemCodes.TicketRefused)]
    [InlineData("GET /api/v1/vms/a/agent/devtools/browser/default?ticket=wrong", ProblemCodes.TicketRefused)]
    [InlineData("GET /api/v1/vms/a/agent/status?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("POST /api/v1/vms/a/agent/exec?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent/jsonx?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent/json%2F..%2Fstatus?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent/json/../status?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent/json/%2e%2e/status?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent/json//version?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent/devtools?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/agent/json/version?TICKET=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms/a/console?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("GET /api/v1/vms?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("POST /api/v1/vms/a/tickets?ticket=T", ProblemCodes.Unauthorized)]
    [InlineData("DELETE /api/v1/vms/a/tickets?ticket=T", ProblemCodes.Unauthorized)]
    public async Task Ticket_WhereItDoesNotHold_Is401AndTheGuestSeesNothing(string request, string code)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await daemon.CreateAsync("b");
        VmTicket ticket = await TicketAsync(daemon);

        Assert.Equal(code, await RefusalAsync(daemon, request.Replace("=T", "=" + ticket.Ticket, StringComparison.Ordinal)));
        Assert.Empty(daemon.Agent.Heads);
    }

    [Fact]
    public async Task Ticket_OfAVmThatWasMadeAnew_DoesNotHold()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        VmTicket ticket = await TicketAsync(daemon);
        await daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline);
        await daemon.CreateAsync("a");

        Assert.Equal(ProblemCodes.TicketRefused, await RefusalAsync(daemon, $"GET {Agent}/json/version?ticket={ticket.Ticket}"));
    }

    [Theory]
    [InlineData("/json/version?ticket=T", "/json/version")]
    [InlineData("/json?a=1&ticket=T&a=1", "/json?a=1&a=1")]
    [InlineData("/json/new?ticket=T&https://e.com/?x=1&ticket=hers", "/json/new?https://e.com/?x=1&ticket=hers")]
    [InlineData("/json/new/?ticket=T", "/json/new/")]
    [InlineData("/devtools/page/AB-1_2?ticket=T", "/devtools/page/AB-1_2")]
    public void Read_ATicket_IsTakenOutOfTheTarget(string target, string left) =>
        Assert.Equal(new TicketedTarget("a", left, "T"), TicketedTarget.Read(Agent + target));

    [Theory]
    [InlineData(Agent + "/json/version")]
    [InlineData(Agent + "/json/new?https://e.com/&ticket=hers")]
    [InlineData("/api/v1/vms/%61/agent/json?ticket=T")]
    [InlineData("/API/v1/vms/a/agent/json?ticket=T")]
    [InlineData("http://h/api/v1/vms/a/agent/json?ticket=T")]
    [InlineData("/api/v1/vms//agent/json?ticket=T")]
    public void Read_NoTicketInAPlainSpelling_IsNone(string target) => Assert.Null(TicketedTarget.Read(target));

    [Fact]
    public async Task Key_IsMadeOnceAndClosedToOthers()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        string file = Path.Combine(daemon.Folder, TicketKey.FileName);
        byte[] key = await File.ReadAllBytesAsync(file, DaemonHarness.Deadline);
        Assert.Equal((TicketKey.Length, UnixFileMode.UserRead | UnixFileMode.UserWrite), (key.Length, File.GetUnixFileMode(file)));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.Equal(key, TicketKey.LoadOrMake(daemon.Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.False(File.Exists(file + ".new"));
        await File.WriteAllTextAsync(file, "short", DaemonHarness.Deadline);
        Assert.Contains("5 bytes", Assert.Throws<StartException>(() => TicketKey.LoadOrMake(daemon.Folder)).Message, StringComparison.Ordinal);
        Assert.Throws<StartException>(() => TicketKey.LoadOrMake(Path.Combine(daemon.Folder, "none")));
    }

    /// <summary>The server's own log of requests has their queries in it.</summary>
    [Fact]
    public void Log_OfTheServersRequests_IsNeverWritten()
    {
        using ILoggerFactory loggers = DaemonLogging.Make(LogLevel.Trace);

        Assert.False(loggers.CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics").IsEnabled(LogLevel.Information));
        Assert.True(loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").IsEnabled(LogLevel.Debug));
    }

    private static async Task<DaemonHarness> ReadyAsync()
    {
        DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiKey = Key });
        await daemon.CreateAsync("a");
        return daemon;
    }

    private static HttpClient Keyed(DaemonHarness daemon)
    {
        HttpClient http = daemon.Http();
        http.DefaultRequestHeaders.Add("X-API-Key", Key);
        return http;
    }

    private static async Task<VmTicket> TicketAsync(DaemonHarness daemon)
    {
        using HttpClient http = Keyed(daemon);
        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms/a/tickets", null, DaemonHarness.Deadline);
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline), ViperJson.Default.VmTicket)!;
    }

    private static async Task<string> SocketOfAsync(DaemonHarness daemon, string path, string? key = null)
    {
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("X-API-Key", key ?? "");
        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline));
        JsonElement target = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement[0] : document.RootElement;
        return target.GetProperty("webSocketDebuggerUrl").GetString()!;
    }

    private static async Task<string> RefusalAsync(DaemonHarness daemon, string request, string extra = "")
    {
        string answer = await RawExchange.SendAsync(daemon, $"{request} HTTP/1.1\r\nHost: localhost\r\n{extra}Content-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Bearer", answer, StringComparison.Ordinal);
        Problem problem = JsonSerializer.Deserialize(answer[answer.IndexOf('{')..(answer.LastIndexOf('}') + 1)], ViperJson.Default.Problem)!;
        return problem.Code;
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri address, string? key = null)
    {
        ClientWebSocket client = new();
        client.Options.Proxy = null;
        if (key is not null)
        {
            client.Options.SetRequestHeader("X-API-Key", key);
        }

        await client.ConnectAsync(address, DaemonHarness.Deadline);
        return client;
    }

    private static async Task<string> ReadAsync(ClientWebSocket client)
    {
        byte[] buffer = new byte[256];
        ValueWebSocketReceiveResult read = await client.ReceiveAsync(buffer.AsMemory(), DaemonHarness.Deadline);
        return Encoding.UTF8.GetString(buffer, 0, read.Count);
    }
}
