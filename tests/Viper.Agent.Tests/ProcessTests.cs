using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Tests;

[Collection(Alone.Name)]
public sealed class ProcessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_Started_IsListedReadAndKeptAfterItsEnd()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        var started = await client.StartAsync("echo hello; echo oh >&2; exit 4");
        using var events = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}/output?stream=1");
        var all = await events.EventsAsync("exit");

        Assert.Equal(("hello\n", "oh\n"), (all.Text("stdout"), all.Text("stderr")));
        var info = await GetAsync(client, started.Id);
        Assert.Equal((4, 6, 3, started.Pid), (info.Exit!.ExitCode, (int)info.StdoutBytes, (int)info.StderrBytes, info.Pid));
        using var list = await client.SendAsync(HttpMethod.Get, "/processes");
        Assert.Equal(started.Id, Assert.Single((await list.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestProcessList)).Processes).Id);

        using var output = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}/output?stdout_offset=2");
        var part = await output.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.ProcessOutput);
        Assert.Equal((2, 6, "llo\n", 4), ((int)part.Stdout.Offset, (int)part.Stdout.NextOffset, part.Stdout.Data, part.Exit!.ExitCode));
    }

    [Fact]
    public async Task Process_Input_IsPassedOnAndEnds()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("wc -c; cat > rest");
        var much = new byte[3_000_000];

        using var first = await client.SendAsync(HttpMethod.Post, $"/processes/{started.Id}/stdin", much);
        using var second = await client.SendAsync(HttpMethod.Post, $"/processes/{started.Id}/stdin?close=true", "more"u8.ToArray());
        using var events = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}/output?stream=1");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (first.StatusCode, second.StatusCode));
        Assert.Equal("3000004", (await events.EventsAsync("exit")).Text("stdout").Trim());
        using var late = await client.SendAsync(HttpMethod.Post, $"/processes/{started.Id}/stdin", "late"u8.ToArray());
        await late.ProblemAsync(409, "stdin_closed");
    }

    [Theory]
    [InlineData("SIGUSR1")]
    [InlineData("usr1")]
    [InlineData("10")]
    public async Task Process_Signal_Arrives(string signal)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("trap 'echo caught; exit 9' USR1; echo ready; while :; do sleep 0.05; done");
        using var events = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}/output?stream=1");
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync(Cancel));
        while (!(await reader.ReadLineAsync(Cancel))!.Contains("ready", StringComparison.Ordinal))
        {
        }

        using var sent = await client.SendJsonAsync(
            HttpMethod.Post, $"/processes/{started.Id}/signal", new SignalRequest { Signal = signal }, AgentJsonContext.Default.SignalRequest);

        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        Assert.Equal("caught\n", (await reader.EventsAsync("exit")).Text("stdout"));
        using var late = await client.SendJsonAsync(
            HttpMethod.Post, $"/processes/{started.Id}/signal", new SignalRequest(), AgentJsonContext.Default.SignalRequest);
        await late.ProblemAsync(409, "process_ended");
    }

    [Fact]
    public async Task Process_Deleted_IsGoneWithAllThatStemsFromIt()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        using var fifo = new FifoReader(agent.Work, "alive");
        var started = await client.StartAsync("exec 3>alive; (setsid sh -c 'echo $$ >&3; exec sleep 1000' &); exec sleep 1000");
        var child = (await fifo.ReadLineAsync())!;

        using var answer = await client.SendAsync(HttpMethod.Delete, $"/processes/{started.Id}");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        ExecTests.AssertGone(child);
        using var again = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}");
        await again.ProblemAsync(404, "process_not_found");
    }

    [Fact]
    public async Task Process_MuchOutputThatNobodyReads_KeepsItsEnd()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("head -c 100000000 /dev/zero | tr '\\0' x; printf END");
        while ((await GetAsync(client, started.Id)).Exit is null)
        {
            using var wait = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}/output?stream=1&stdout_offset=100000003");
            await wait.EventsAsync("exit");
        }

        using var answer = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}/output?limit=262144");
        var output = await answer.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.ProcessOutput);

        Assert.Equal(100_000_003, output.Stdout.NextOffset);
        Assert.Equal(output.Stdout.Offset, output.Stdout.LostBytes);
        Assert.Equal(256 * 1024, output.Stdout.Data.Length);
        Assert.EndsWith("xEND", output.Stdout.Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/processes/p99", 404, "process_not_found")]
    [InlineData("GET", "/processes/99", 404, "process_not_found")]
    [InlineData("GET", "/processes/p99/output", 404, "process_not_found")]
    [InlineData("GET", "/processes/p99/tty", 404, "process_not_found")]
    [InlineData("DELETE", "/processes/p99", 404, "process_not_found")]
    [InlineData("PUT", "/processes", 405, "method_not_allowed")]
    [InlineData("GET", "/processes/p1/signal", 405, "method_not_allowed")]
    [InlineData("GET", "/processes/p1/other", 404, "not_found")]
    [InlineData("GET", "/processes/p1/tty", 409, "no_terminal")]
    [InlineData("POST", "/processes/p1/resize", 409, "no_terminal")]
    [InlineData("GET", "/processes/p1/output?stdout_offset=-1", 400, "validation_failed")]
    public async Task Process_NothingThere_IsAProblem(string method, string path, int status, string code)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        Assert.Equal("p1", (await client.StartAsync("exec sleep 1000")).Id);

        using var answer = await client.SendAsync(new HttpMethod(method), path);

        await answer.ProblemAsync(status, code);
    }

    [Fact]
    public async Task Process_WrongSignal_Is400()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("exec sleep 1000");

        using var answer = await client.SendJsonAsync(
            HttpMethod.Post, $"/processes/{started.Id}/signal", new SignalRequest { Signal = "SIGNOTHING" }, AgentJsonContext.Default.SignalRequest);

        Assert.Equal("#/signal", (await answer.ProblemAsync(400, "validation_failed")).FieldErrors![0].Place);
    }

    [Fact]
    public async Task Terminal_Typed_IsShownAndResized()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("tty; stty size; while [ \"$(stty size)\" = '17 91' ]; do sleep 0.05; done; stty size; read x; echo got:$x; exit 6", new TerminalSize { Cols = 91, Rows = 17 });
        using var socket = await OpenAsync(agent, started.Id);

        var shown = await ReadUntilAsync(socket, "17 91");
        await socket.SendAsync("""{"type":"resize","cols":55,"rows":44}"""u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
        shown += await ReadUntilAsync(socket, "44 55");
        await socket.SendAsync("abc\r"u8.ToArray(), WebSocketMessageType.Binary, true, Cancel);
        shown += await ReadUntilAsync(socket, "got:abc");

        Assert.Contains("/dev/pts/", shown, StringComparison.Ordinal);
        var last = await ReadTextAsync(socket);
        Assert.Equal(("exit", 6), (last.Type, last.Exit!.ExitCode));
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[1], Cancel)).MessageType);
        Assert.Equal("exited", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task Terminal_InterruptTyped_StopsTheProgramInFront()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("trap 'echo stopped; exit 3' INT; echo ready; sleep 1000; sleep 1000", new TerminalSize());
        using var socket = await OpenAsync(agent, started.Id);
        await ReadUntilAsync(socket, "ready");

        await socket.SendAsync(new byte[] { 3 }, WebSocketMessageType.Binary, true, Cancel);

        await ReadUntilAsync(socket, "stopped");
        Assert.Equal(3, (await ReadTextAsync(socket)).Exit!.ExitCode);
    }

    [Fact]
    public async Task Terminal_TwoCallers_TheSecondIsToldSo()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("echo ready; exec sleep 1000", new TerminalSize());
        using var socket = await OpenAsync(agent, started.Id);
        await ReadUntilAsync(socket, "ready");

        var answer = await agent.AskAsync(
            "GET", $"/processes/{started.Id}/tty", headers: "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");

        AccessTests.AssertProblem(answer, 409, "terminal_taken");
    }

    [Fact]
    public async Task Terminal_CallerHangsUp_EndsTheProgram()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("trap '' HUP; echo ready; while :; do sleep 1000; done", new TerminalSize());
        using (var socket = await OpenAsync(agent, started.Id, "?hangup=true"))
        {
            await ReadUntilAsync(socket, "ready");
            socket.Abort();
        }

        using var events = await client.SendAsync(HttpMethod.Get, $"/processes/{started.Id}/output?stream=1");
        var exit = JsonSerializer.Deserialize((await events.EventsAsync("exit"))[^1].Data, AgentJsonContext.Default.ProcessExit)!;
        Assert.Equal("SIGKILL", exit.Signal);
    }

    [Fact]
    public async Task Terminal_CallerLeaves_TheProgramGoesOnAndCanBeSeenAgain()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("echo first; read x; echo second$x; read y", new TerminalSize());
        using (var socket = await OpenAsync(agent, started.Id))
        {
            await ReadUntilAsync(socket, "first");
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        }

        using var again = await OpenAsync(agent, started.Id);
        await ReadUntilAsync(again, "first");
        await again.SendAsync("!\r"u8.ToArray(), WebSocketMessageType.Binary, true, Cancel);
        await ReadUntilAsync(again, "second!");
    }

    [Fact]
    public async Task Terminal_MuchShown_IsNotLostThoughTheCallerIsSlow()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var started = await client.StartAsync("read go; i=0; while [ $i -lt 100000 ]; do echo \"line $i\"; i=$((i+1)); done; echo the-end", new TerminalSize());
        using var socket = await OpenAsync(agent, started.Id);
        await socket.SendAsync("\r"u8.ToArray(), WebSocketMessageType.Binary, true, Cancel);

        var shown = await ReadUntilAsync(socket, "the-end\r\n");

        var lines = shown.Split("\r\n").Where(static line => line.StartsWith("line", StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Range(0, 100_000).Select(static i => $"line {i}"), lines);
    }

    [Theory]
    [InlineData("", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")]
    [InlineData("abc", "A9993E364706816ABA3E25717850C26C9CD0D89D")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983E441C3BD26EBAAE4AA1F95129E5E54670F1")]
    public void Sha1_KnownTexts_HaveTheirHashes(string text, string hash) => Assert.Equal(hash, Convert.ToHexString(Sha1.Hash(Encoding.ASCII.GetBytes(text))));

    private static async Task<GuestProcessInfo> GetAsync(HttpClient client, string id)
    {
        using var answer = await client.SendAsync(HttpMethod.Get, $"/processes/{id}");
        return await answer.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestProcessInfo);
    }

    private static async Task<ClientWebSocket> OpenAsync(AgentHarness agent, string id, string query = "")
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {AgentHarness.Token}");
        await socket.ConnectAsync(new Uri($"ws://{agent.Endpoint}/processes/{id}/tty{query}"), Cancel);
        return socket;
    }

    private static async Task<string> ReadUntilAsync(ClientWebSocket socket, string text)
    {
        var shown = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (shown.Length < text.Length || !shown.ToString(Math.Max(0, shown.Length - 70_000), Math.Min(shown.Length, 70_000)).Contains(text, StringComparison.Ordinal))
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), Cancel);
            Assert.True(received.MessageType == WebSocketMessageType.Binary, $"{received.MessageType} after: {shown}");
            shown.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }

        return shown.ToString();
    }

    private static async Task<TerminalMessage> ReadTextAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), Cancel);
            if (received.MessageType == WebSocketMessageType.Text)
            {
                return JsonSerializer.Deserialize(buffer.AsSpan(0, received.Count), AgentJsonContext.Default.TerminalMessage)!;
            }
        }
    }
}
