using System.Net;
using System.Net.Sockets;
using System.Text;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Client.Tests;

public sealed class ViperClientTests
{
    [Fact]
    public async Task EveryCall_OnALivingDaemon_DoesItsPart()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using ViperClient client = daemon.Client();

        Vm created = await client.CreateVmAsync(new CreateVmRequest { Name = "a", Labels = new Dictionary<string, string> { ["k"] = "v&w" } }, TimeSpan.FromMinutes(2), DaemonHarness.Deadline);
        VmList list = await client.ListVmsAsync(new VmQuery { Status = "running", Labels = created.Labels }, DaemonHarness.Deadline);
        Vm got = await client.GetVmAsync("a", DaemonHarness.Deadline);
        Vm? unchanged = await client.GetVmIfChangedAsync("a", got.Revision, DaemonHarness.Deadline);
        Vm? changed = await client.GetVmIfChangedAsync("a", 1, DaemonHarness.Deadline);
        Vm kept = await client.KeepVmAliveAsync("a", DaemonHarness.Deadline);
        Vm paused = await client.PauseVmAsync("a", DaemonHarness.Deadline);
        Vm resumed = await client.ResumeVmAsync("a", DaemonHarness.Deadline);
        Vm restarted = await client.RestartVmAsync("a", force: true, DaemonHarness.Deadline);
        VmTicket ticket = await client.GetVmTicketAsync("a", DaemonHarness.Deadline);
        await client.RevokeVmTicketsAsync("a", DaemonHarness.Deadline);
        VmTicket renewed = await client.GetVmTicketAsync("a", DaemonHarness.Deadline);
        Vm stopped = await client.StopVmAsync("a", force: true, DaemonHarness.Deadline);
        Vm waited = await client.WaitVmAsync("a", VmCondition.Stopped, TimeSpan.FromMinutes(2), DaemonHarness.Deadline);
        Vm started = await client.StartVmAsync("a", DaemonHarness.Deadline);
        await client.DeleteVmAsync("a", DaemonHarness.Deadline);
        await client.CheckHealthAsync(DaemonHarness.Deadline);
        await client.CheckReadyAsync(DaemonHarness.Deadline);

        Assert.Equal((VmPhase.Ready, "v&w"), (created.Phase, list.Items.Single().Labels["k"]));
        Assert.Equal((null, got.Revision), (unchanged, changed?.Revision));
        Assert.Equal(got.Id, kept.Id);
        Assert.Equal(("a", $"{got.Urls!.CdpHttp}?ticket={ticket.Ticket}"), (ticket.Vm, ticket.CdpHttp));
        Assert.NotEqual(ticket.Ticket, renewed.Ticket);
        Assert.Equal((VmStatus.Paused, VmStatus.Running, VmStatus.Starting), (paused.Status, resumed.Status, restarted.Status));
        Assert.Equal((VmStatus.Stopped, VmStatus.Stopped, VmStatus.Starting), (stopped.Status, waited.Status, started.Status));
        Assert.Equal("v1", (await client.GetVersionAsync(DaemonHarness.Deadline)).ApiVersion);
        Assert.Equal(0, (await client.GetStatusAsync(DaemonHarness.Deadline)).PoolLeased);
        Assert.Equal(VmResources.Vms, (await client.GetLimitsAsync(DaemonHarness.Deadline)).Resources[0].Resource);
        Assert.Equal("browser", (await client.ListImagesAsync(DaemonHarness.Deadline)).Items.Single().Name);
    }

    [Fact]
    public async Task ListAllVms_SeveralPages_YieldsEveryVm()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using ViperClient client = daemon.Client();
        string[] names = [.. Enumerable.Range(0, 7).Select(i => $"vm-{i}")];
        foreach (string name in names)
        {
            await daemon.CreateAsync(name);
        }

        List<string> seen = [];
        await foreach (Vm vm in client.ListAllVmsAsync(new VmQuery { Limit = 3 }, DaemonHarness.Deadline))
        {
            seen.Add(vm.Name);
        }

        Assert.Equal(names, seen);
    }

    [Fact]
    public async Task Operations_ListedGotAndCancelled_AreWhatTheEngineHas()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using ViperClient client = daemon.Client();
        string[] names = ["a", "b", "c", "d", "e"];
        foreach (string name in names)
        {
            daemon.Engine.AutoReady = name != "e";
            await daemon.CreateAsync(name);
        }

        List<Operation> all = [];
        await foreach (Operation operation in client.ListAllOperationsAsync(new OperationQuery { Limit = 2 }, DaemonHarness.Deadline))
        {
            all.Add(operation);
        }

        OperationList running = await client.ListOperationsAsync(new OperationQuery { Status = OperationStatuses.Running }, DaemonHarness.Deadline);
        OperationList ofB = await client.ListOperationsAsync(new OperationQuery { Vm = "b" }, DaemonHarness.Deadline);
        Operation got = await client.GetOperationAsync(all[4].Id, DaemonHarness.Deadline);
        Operation cancelled = await client.CancelOperationAsync(all[4].Id, DaemonHarness.Deadline);
        ViperApiException again = await Assert.ThrowsAsync<ViperApiException>(() => client.CancelOperationAsync(all[4].Id, DaemonHarness.Deadline));
        ViperApiException unknown = await Assert.ThrowsAsync<ViperApiException>(() => client.GetOperationAsync("op_x/../y", DaemonHarness.Deadline));

        Assert.Equal(names.Select(static name => "/api/v1/vms/" + name), all.Select(static o => o.Resource));
        Assert.Equal((all[4].Id, all[1].Id), (Assert.Single(running.Items).Id, Assert.Single(ofB.Items).Id));
        Assert.Equal((OperationStatuses.Running, VmPhase.Boot), (got.Status, got.Progress.Step));
        Assert.Equal(OperationStatuses.Cancelled, cancelled.Status);
        Assert.Equal((409, ProblemCodes.OperationFinished), (again.Problem.Status, again.Code));
        Assert.Equal((404, ProblemCodes.OperationNotFound), (unknown.Problem.Status, unknown.Code));
    }

    [Theory]
    [InlineData("nope", 404, ProblemCodes.VmNotFound)]
    [InlineData("a/../../system", 404, ProblemCodes.VmNotFound)]
    public async Task AnyCall_Refused_ThrowsTheProblem(string name, int status, string code)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using ViperClient client = daemon.Client();

        ViperApiException error = await Assert.ThrowsAsync<ViperApiException>(() => client.GetVmAsync(name, DaemonHarness.Deadline));

        Assert.Equal((status, code, false), (error.Problem.Status, error.Code, error.IsTransient));
    }

    [Fact]
    public async Task AnyCall_Key_IsSent()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiKey = "right" });
        using ViperClient right = daemon.Client("right");
        using ViperClient wrong = daemon.Client("wrong");

        await right.ListVmsAsync(new VmQuery(), DaemonHarness.Deadline);
        ViperApiException error = await Assert.ThrowsAsync<ViperApiException>(() => wrong.ListVmsAsync(new VmQuery(), DaemonHarness.Deadline));

        Assert.Equal(ProblemCodes.Unauthorized, error.Code);
        Assert.DoesNotContain("right", new ViperClientOptions { Address = right.Address, ApiKey = "right" }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unix:/nonexistent/viper.sock")]
    [InlineData("http://127.0.0.1:9")]
    public async Task AnyCall_NoDaemon_ThrowsUnreachable(string address)
    {
        using ViperClient client = new(new ViperClientOptions { Address = ViperAddress.Parse(address) });

        ViperUnreachableException error = await Assert.ThrowsAsync<ViperUnreachableException>(() => client.GetStatusAsync(DaemonHarness.Deadline));

        Assert.True(error.IsTransient);
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\nContent-Type: text/html\r\n\r\n<html", 502)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\nContent-Type: application/problem+json\r\n\r\n{", 404)]
    public async Task AnyCall_AnswerIsNoProblem_ThrowsOneAllTheSame(string answer, int status)
    {
        using Socket listener = Listen();
        using ViperClient client = new(new ViperClientOptions { Address = ViperAddress.Parse($"http://{listener.LocalEndPoint}") });
        Task serving = AnswerAsync(listener, answer);

        ViperApiException error = await Assert.ThrowsAsync<ViperApiException>(() => client.GetStatusAsync(DaemonHarness.Deadline));
        await serving;

        Assert.Equal(status, error.Problem.Status);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 8\r\nContent-Type: application/json\r\n\r\nrubbish!")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{\"half\":")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    public async Task AnyCall_AnswerIsRubbish_ThrowsUnreachable(string answer)
    {
        using Socket listener = Listen();
        using ViperClient client = new(new ViperClientOptions { Address = ViperAddress.Parse($"http://{listener.LocalEndPoint}") });
        Task serving = AnswerAsync(listener, answer);

        await Assert.ThrowsAsync<ViperUnreachableException>(() => client.GetStatusAsync(DaemonHarness.Deadline));
        await serving;
    }

    [Fact]
    public async Task Change_DaemonDiesBeforeItAnswers_SaysThatItMayBeDone()
    {
        Socket listener = Listen();
        using ViperClient client = new(new ViperClientOptions { Address = ViperAddress.Parse($"http://{listener.LocalEndPoint}") });
        Task serving = Task.Run(async () =>
        {
            // Nobody listens any more when the connection ends: the client asks twice.
            using Socket connection = await listener.AcceptAsync(DaemonHarness.Deadline);
            listener.Dispose();
            await connection.ReceiveAsync(new byte[4096], DaemonHarness.Deadline);
        }, DaemonHarness.Deadline);

        ViperUnreachableException error = await Assert.ThrowsAsync<ViperUnreachableException>(() => client.DeleteVmAsync("a", DaemonHarness.Deadline));

        await serving;
        Assert.True(error.IsOutcomeUnknown);
        Assert.Contains("DELETE /api/v1/vms/a", error.Message, StringComparison.Ordinal);
        Assert.Contains("not known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCall_NoAnswerInTime_ThrowsUnreachable()
    {
        using Socket listener = Listen();
        using ViperClient client = new(new ViperClientOptions { Address = ViperAddress.Parse($"http://{listener.LocalEndPoint}"), Timeout = TimeSpan.FromMilliseconds(100) });

        ViperUnreachableException error = await Assert.ThrowsAsync<ViperUnreachableException>(() => client.GetStatusAsync(DaemonHarness.Deadline));

        Assert.Contains("in time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchEvents_ConnectionBreaks_GoesOnWithoutAGap()
    {
        const string Json = """{"seq":SEQ,"type":"VM_READY","time":"2026-11-20T08:00:00+00:00","vm":{"id":"vm_1","name":"a","status":"running"},"data":{}}""";
        using Socket listener = Listen();
        using ViperClient client = new(new ViperClientOptions { Address = ViperAddress.Parse($"http://{listener.LocalEndPoint}") });
        List<string> heads = [];
        Task serving = Task.Run(async () =>
        {
            // The second event breaks off in its middle; the next connection brings it whole.
            foreach (string part in (string[])[Event(8) + "id: 9\nevent: VM_READY\ndata: {\"seq\":9,", Event(9)])
            {
                heads.Add(await AnswerAsync(listener, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nretry: 1\n\n" + part));
            }
        }, DaemonHarness.Deadline);

        List<long> seen = [];
        await foreach (VmEvent item in client.WatchEventsAsync(new EventQuery { After = 7, Types = ["VM_READY"] }, DaemonHarness.Deadline))
        {
            seen.Add(item.Seq);
            if (seen.Count == 2)
            {
                break;
            }
        }

        await serving;
        Assert.Equal([8, 9], seen);
        Assert.Contains("Last-Event-ID: 7\r\n", heads[0], StringComparison.Ordinal);
        Assert.Contains("Last-Event-ID: 8\r\n", heads[1], StringComparison.Ordinal);
        Assert.StartsWith("GET /api/v1/events/vms?types=VM_READY HTTP/1.1\r\n", heads[0], StringComparison.Ordinal);

        static string Event(int seq) => $"id: {seq}\nevent: VM_READY\ndata: {Json.Replace("SEQ", $"{seq}", StringComparison.Ordinal)}\n\n";
    }

    [Fact]
    public async Task WatchEvents_NewOnesOnly_MissesNoneThatFollowsTheCall()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("before");
        using ViperClient client = daemon.Client();
        await using IAsyncEnumerator<VmEvent> events = client.WatchEventsAsync(new EventQuery(), DaemonHarness.Deadline).GetAsyncEnumerator(DaemonHarness.Deadline);
        Task<bool> next = events.MoveNextAsync().AsTask();

        // Whether the stream is open by now or not: either way one of these is the first.
        while (!next.IsCompleted)
        {
            daemon.Engine.Append("before", VmEventTypes.BrowserCrashed);
            await Task.WhenAny(next, Task.Delay(10, DaemonHarness.Deadline));
        }

        Assert.True(await next);
        Assert.Equal(VmEventTypes.BrowserCrashed, events.Current.Type);
    }

    [Fact]
    public async Task WatchEvents_DaemonStaysAway_ThrowsUnreachable()
    {
        Socket listener = Listen();
        using ViperClient client = new(new ViperClientOptions { Address = ViperAddress.Parse($"http://{listener.LocalEndPoint}"), ReconnectTimeout = TimeSpan.FromMilliseconds(50) });
        Task serving = Task.Run(async () =>
        {
            await AnswerAsync(listener, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nretry: 100\n\n");
            listener.Dispose();
        }, DaemonHarness.Deadline);

        await Assert.ThrowsAsync<ViperUnreachableException>(async () =>
        {
            await foreach (VmEvent item in client.WatchEventsAsync(new EventQuery { After = 0 }, DaemonHarness.Deadline))
            {
                Assert.Fail("There is no event.");
            }
        });
        await serving;
    }

    [Fact]
    public async Task ReadLog_Tail_YieldsLines()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Engine.WriteLog("a", "hypervisor", "one");
        daemon.Engine.WriteLog("a", "hypervisor", "two");
        using ViperClient client = daemon.Client();

        List<string> lines = [];
        await foreach (string line in client.ReadLogAsync("a", new LogQuery { Source = "hypervisor", Tail = 1 }, DaemonHarness.Deadline))
        {
            lines.Add(line);
        }

        Assert.Equal(["two"], lines);
    }

    [Fact]
    public async Task OpenAgentSocket_Accepted_PassesRawFrames()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();

        await using ViperRawSocket socket = await client.OpenAgentSocketAsync("a", "/devtools/browser/default", "dGhlIHNhbXBsZSBub25jZQ==", null, DaemonHarness.Deadline);
        await socket.Stream.WriteAsync(WebSocketFrames.Make(1, "hello"u8, isMasked: true), DaemonHarness.Deadline);
        (byte Head, byte[] Payload)? frame = await WebSocketFrames.ReadAsync(socket.Stream, DaemonHarness.Deadline);

        Assert.Equal(("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", null, "hello"), (socket.Accept, socket.Protocol, Encoding.ASCII.GetString(frame!.Value.Payload)));
    }

    [Fact]
    public async Task OpenAgentSocket_Refused_ThrowsTheProblem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using ViperClient client = daemon.Client();

        ViperApiException error = await Assert.ThrowsAsync<ViperApiException>(
            () => client.OpenAgentSocketAsync("a", "/devtools/browser/default", "dGhlIHNhbXBsZSBub25jZQ==", null, DaemonHarness.Deadline));

        Assert.Equal(ProblemCodes.VmNotFound, error.Code);
    }

    private static Socket Listen()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    // Answers one request with text as it is and ends the connection; returns the request's head.
    private static async Task<string> AnswerAsync(Socket listener, string answer)
    {
        using Socket socket = await listener.AcceptAsync(DaemonHarness.Deadline);
        await using NetworkStream stream = new(socket, ownsSocket: false);
        string head = await RawExchange.ReadHeadAsync(stream);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), DaemonHarness.Deadline);
        return head;
    }
}
