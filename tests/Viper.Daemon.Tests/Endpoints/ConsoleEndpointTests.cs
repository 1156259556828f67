using System.Net;
using System.Net.WebSockets;
using System.Text;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Endpoints;

public sealed class ConsoleEndpointTests
{
    [Fact]
    public async Task Console_BytesBothWays_ReplayFirst()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        Stream guest = daemon.Engine.GuestSerial("a");
        await PrintAsync(daemon, "login: ");

        using ClientWebSocket socket = await OpenAsync(daemon, "a");
        Assert.Equal("login: ", await ReadAsync(socket, 7));
        await socket.SendAsync("root\r"u8.ToArray(), WebSocketMessageType.Binary, true, DaemonHarness.Deadline);

        byte[] typed = new byte[5];
        await guest.ReadExactlyAsync(typed, DaemonHarness.Deadline);
        Assert.Equal("root\r", Encoding.UTF8.GetString(typed));
        await guest.WriteAsync("# "u8.ToArray(), DaemonHarness.Deadline);
        Assert.Equal("# ", await ReadAsync(socket, 2));
    }

    [Fact]
    public async Task Console_SecondWriter_IsToldWhoTypes()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ClientWebSocket first = await OpenAsync(daemon, "a", "?as=ann");

        using HttpResponseMessage refused = await HandshakeAsync(daemon, "a", "?as=bob");
        Problem problem = await DaemonHarness.ProblemOf(refused);

        Assert.Equal((409, ProblemCodes.ConsoleTaken), (problem.Status, problem.Code));
        Assert.Contains("ann", problem.Detail);
    }

    [Fact]
    public async Task Console_WriterLeaves_TheNextMayType()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        ClientWebSocket first = await OpenAsync(daemon, "a");
        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, DaemonHarness.Deadline);
        first.Dispose();

        using ClientWebSocket second = await OpenAsync(daemon, "a");
        await second.SendAsync("x"u8.ToArray(), WebSocketMessageType.Text, true, DaemonHarness.Deadline);

        byte[] typed = new byte[1];
        await daemon.Engine.GuestSerial("a").ReadExactlyAsync(typed, DaemonHarness.Deadline);
        Assert.Equal((byte)'x', typed[0]);
    }

    [Fact]
    public async Task Console_ManyViewers_AllSeeTheSame()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ClientWebSocket writer = await OpenAsync(daemon, "a");
        ClientWebSocket[] viewers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync(daemon, "a", "?write=false")));

        await PrintAsync(daemon, "seen by all");

        Assert.All(await Task.WhenAll(viewers.Select(viewer => ReadAsync(viewer, 11))), text => Assert.Equal("seen by all", text));
        foreach (ClientWebSocket viewer in viewers)
        {
            viewer.Dispose();
        }
    }

    [Fact]
    public async Task Console_ViewerTypes_IsClosedAsReadOnly()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ClientWebSocket viewer = await OpenAsync(daemon, "a", "?write=false");

        await viewer.SendAsync("x"u8.ToArray(), WebSocketMessageType.Binary, true, DaemonHarness.Deadline);

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "read_only"), await CloseOfAsync(viewer));
    }

    [Fact]
    public async Task Console_CallerTakesNothing_IsToldHowMuchWasLostAndTheGuestNeverWaits()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ClientWebSocket socket = await OpenAsync(daemon, "a");
        byte[] line = Encoding.ASCII.GetBytes(new string('x', 1023) + "\n");
        Stream guest = daemon.Engine.GuestSerial("a");
        for (int i = 0; i < 64 * 1024; i++)
        {
            // Ends only because nobody waits for the caller, who reads nothing of this.
            await guest.WriteAsync(line, DaemonHarness.Deadline);
        }

        byte[] buffer = new byte[64 * 1024];
        long read = 0;
        string notice = "";
        while (notice.Length == 0)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), DaemonHarness.Deadline);
            if (received.MessageType == WebSocketMessageType.Text)
            {
                notice = Encoding.UTF8.GetString(buffer, 0, received.Count);
            }

            read += received.Count;
        }

        Assert.StartsWith("{\"bytes_lost\":", notice);
        Assert.True(read < 64L * 1024 * 1024);
    }

    [Theory]
    [InlineData("stop", 1001, "vm_stopping")]
    [InlineData("crash", 4008, "vm_crashed")]
    [InlineData("delete", 4004, "vm_deleted")]
    public async Task Console_RunEnds_ClosesWithTheReason(string how, int status, string reason)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ClientWebSocket socket = await OpenAsync(daemon, "a");
        await PrintAsync(daemon, "last words");

        await (how switch
        {
            "stop" => daemon.Engine.StopAsync("a", force: true, DaemonHarness.Deadline),
            "delete" => daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline),
            _ => Task.Run(() => daemon.Engine.Crash("a", "died")),
        });

        Assert.Equal("last words", await ReadAsync(socket, 10));
        Assert.Equal(((WebSocketCloseStatus)status, reason), await CloseOfAsync(socket));
    }

    [Fact]
    public async Task Console_DaemonStops_ClosesWithTheReason()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ClientWebSocket socket = await OpenAsync(daemon, "a");

        Task stopping = daemon.StopAsync();

        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "shutting_down"), await CloseOfAsync(socket));
        await stopping;
    }

    [Fact]
    public async Task Console_GuestReadsNothing_CallerCanLeaveAndTheNextMayType()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        ClientWebSocket first = await OpenAsync(daemon, "a");
        byte[] much = new byte[512 * 1024];
        Task sending = Task.Run(async () =>
        {
            while (true)
            {
                await first.SendAsync(much, WebSocketMessageType.Binary, true, DaemonHarness.Deadline);
            }
        });
        await PrintAsync(daemon, "x");
        Assert.Equal("x", await ReadAsync(first, 1));
        first.Abort();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);

        using ClientWebSocket second = await OpenWhenFreeAsync(daemon, "a");
        Assert.Equal(WebSocketState.Open, second.State);
    }

    [Theory]
    [InlineData("nope", "", 404, ProblemCodes.VmNotFound)]
    [InlineData("stopped", "", 409, ProblemCodes.VmNotRunning)]
    [InlineData("a", "?write=perhaps", 400, ProblemCodes.ValidationFailed)]
    [InlineData("a", "?as=", 400, ProblemCodes.ValidationFailed)]
    [InlineData("a", "?as=%0a", 400, ProblemCodes.ValidationFailed)]
    public async Task Console_CannotBe_IsAProblem(string name, string query, int status, string code)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await daemon.CreateAsync("stopped");
        await daemon.Engine.StopAsync("stopped", force: true, DaemonHarness.Deadline);

        using HttpResponseMessage refused = await HandshakeAsync(daemon, name, query);
        Problem problem = await DaemonHarness.ProblemOf(refused);

        Assert.Equal((status, code), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task Console_NoWebSocket_IsToldToUpgrade()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage refused = await http.GetAsync("/api/v1/vms/a/console", DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.UpgradeRequired, refused.StatusCode);
        Assert.Contains("websocket", refused.Headers.Upgrade.ToString());
    }

    [Fact]
    public async Task Console_PageOfAnotherOrigin_IsRefused()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        using HttpResponseMessage refused = await HandshakeAsync(daemon, "a", "", ("Origin", "https://evil.example"));

        Assert.Equal(ProblemCodes.ForbiddenOrigin, (await DaemonHarness.ProblemOf(refused)).Code);
    }

    [Fact]
    public async Task Console_WithoutTheKey_IsRefused()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiKey = "the-key-of-the-test" });
        await daemon.CreateAsync("a");

        using HttpResponseMessage refused = await HandshakeAsync(daemon, "a", "");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static async Task PrintAsync(DaemonHarness daemon, string text) =>
        await daemon.Engine.GuestSerial("a").WriteAsync(Encoding.UTF8.GetBytes(text), DaemonHarness.Deadline);

    private static async Task<ClientWebSocket> OpenAsync(DaemonHarness daemon, string name, string query = "")
    {
        ClientWebSocket socket = new();
        socket.Options.Proxy = null;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{daemon.Tcp.Port}/api/v1/vms/{name}/console{query}"), DaemonHarness.Deadline);
        return socket;
    }

    // A connection that was torn is noticed a moment after it was.
    private static async Task<ClientWebSocket> OpenWhenFreeAsync(DaemonHarness daemon, string name)
    {
        while (true)
        {
            try
            {
                return await OpenAsync(daemon, name);
            }
            catch (WebSocketException)
            {
                DaemonHarness.Deadline.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task<HttpResponseMessage> HandshakeAsync(
        DaemonHarness daemon, string name, string query, params (string Name, string Value)[] headers)
    {
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/vms/{name}/console{query}") { Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        foreach ((string header, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        HttpResponseMessage response = await http.SendAsync(request, DaemonHarness.Deadline);
        await response.Content.LoadIntoBufferAsync(DaemonHarness.Deadline);
        return response;
    }

    private static async Task<string> ReadAsync(ClientWebSocket socket, int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(bytes.AsMemory(read), DaemonHarness.Deadline);
            Assert.Equal(WebSocketMessageType.Binary, received.MessageType);
            read += received.Count;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private static async Task<(WebSocketCloseStatus?, string?)> CloseOfAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), DaemonHarness.Deadline)).MessageType != WebSocketMessageType.Close)
        {
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, DaemonHarness.Deadline);
        return (socket.CloseStatus, socket.CloseStatusDescription);
    }
}
