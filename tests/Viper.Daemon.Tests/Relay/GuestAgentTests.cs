using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Relay;

/// <summary>Programs and files of the real agent, through the real daemon.</summary>
public sealed class GuestAgentTests
{
    private const string Agent = "/api/v1/vms/a/agent";

    [Fact]
    public async Task Exec_Streamed_ComesAsItIsWritten()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpRequestMessage request = new(HttpMethod.Post, Agent + "/exec?stream=1")
        {
            Content = DaemonHarness.Json("""{"command":"sh","args":["-c","mkfifo go; echo first; read x < go; echo $x"]}"""),
        };
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, DaemonHarness.Deadline);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(DaemonHarness.Deadline));
        await ReadUntilAsync(reader, "first");

        // The program waits for what is written only now.
        await File.WriteAllTextAsync(Path.Combine(guest.Work, "go"), "second\n", DaemonHarness.Deadline);

        await ReadUntilAsync(reader, "second");
        await ReadUntilAsync(reader, "event: exit");
    }

    [Fact]
    public async Task Exec_CallerGoes_EndsTheProgram()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Post, Agent + "/exec?stream=1")
        {
            Content = DaemonHarness.Json("""{"command":"sh","args":["-c","echo pid $$ end; exec sleep 1000"],"timeout_seconds":1000}"""),
        };
        string pid;
        using (HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, DaemonHarness.Deadline))
        {
            using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(DaemonHarness.Deadline));
            pid = (await ReadUntilAsync(reader, "pid ")).Split(' ').SkipWhile(static word => !word.EndsWith("pid", StringComparison.Ordinal)).ElementAt(1);
        }

        // It ends when the agent has seen that the daemon has seen it.
        await GuestAgent.GoneAsync(pid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_LargerThanOtherBodies_PassesBothWays(bool isChunked)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();
        byte[] content = new byte[100 * 1024 * 1024];
        new Random(3).NextBytes(content);
        using HttpRequestMessage request = new(HttpMethod.Put, Agent + "/files/.config/big%20file?parents=true") { Content = new ByteArrayContent(content) };
        request.Headers.TransferEncodingChunked = isChunked;

        using HttpResponseMessage put = await http.SendAsync(request, DaemonHarness.Deadline);
        byte[] back = await http.GetByteArrayAsync(Agent + "/files/.config/big%20file", DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.True(content.AsSpan().SequenceEqual(back));
        Assert.Equal(content.Length, new FileInfo(Path.Combine(guest.Work, ".config/big file")).Length);
    }

    [Fact]
    public async Task File_RefusedWhileItIsSent_IsTheAgentsOwnProblem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Put, Agent + "/files/absent/x") { Content = new ByteArrayContent(new byte[50_000_000]) };
        request.Headers.ExpectContinue = true;

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("file_not_found", await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline));
    }

    [Fact]
    public async Task File_Range_IsThatPart()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        File.WriteAllText(Path.Combine(guest.Work, "digits"), "0123456789");
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, Agent + "/files/digits");
        request.Headers.Range = new RangeHeaderValue(3, 5);

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);
        using HttpResponseMessage head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Agent + "/files/digits"), DaemonHarness.Deadline);

        Assert.Equal((HttpStatusCode.PartialContent, "345"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline)));
        Assert.Equal("bytes 3-5/10", answer.Content.Headers.ContentRange?.ToString());
        Assert.Equal((HttpStatusCode.OK, 10L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData("/files/.a%2541", ".a%41")]
    [InlineData("/files/.a%0Ab", ".a\nb")]
    [InlineData("/files/...", "...")]
    [InlineData("/files/..a", "..a")]
    [InlineData("/files/%2Ea", ".a")]
    public async Task File_NameThatBeginsWithADot_IsThatName(string path, string name)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");

        string answer = await RawExchange.SendAsync(
            daemon, $"PUT {Agent}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal([name], Directory.EnumerateFiles(guest.Work).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Terminal_ThroughTheRelay_IsTypedShownAndResized()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();
        using HttpResponseMessage started = await http.PostAsync(
            Agent + "/processes", DaemonHarness.Json("""{"command":"sh","args":["-c","stty size; while [ \"$(stty size)\" = '20 70' ]; do sleep 0.05; done; stty size; read -r x; echo got $x"],"tty":{"cols":70,"rows":20}}"""), DaemonHarness.Deadline);
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri(daemon.TcpBase.Replace("http:", "ws:", StringComparison.Ordinal) + Agent + "/processes/p1/tty"), DaemonHarness.Deadline);

        await ShownAsync(socket, "20 70");
        await socket.SendAsync("""{"type":"resize","cols":90,"rows":30}"""u8.ToArray(), WebSocketMessageType.Text, true, DaemonHarness.Deadline);
        await ShownAsync(socket, "30 90");
        await socket.SendAsync("{\"method\":\"Browser.close\"}\r"u8.ToArray(), WebSocketMessageType.Binary, true, DaemonHarness.Deadline);
        await ShownAsync(socket, "got {\"method\":\"Browser.close\"}");
        await ShownAsync(socket, "\"exit_code\":0");
        await socket.ReceiveAsync(new byte[10], DaemonHarness.Deadline);

        Assert.Equal("exited", socket.CloseStatusDescription);
    }

    private static async Task<string> ReadUntilAsync(StreamReader reader, string text)
    {
        while (true)
        {
            string line = await reader.ReadLineAsync(DaemonHarness.Deadline) ?? throw new EndOfStreamException($"There was no {text}.");
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    private static async Task ShownAsync(ClientWebSocket socket, string text)
    {
        StringBuilder shown = new();
        byte[] buffer = new byte[4096];
        while (!shown.ToString().Contains(text, StringComparison.Ordinal))
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), DaemonHarness.Deadline);
            Assert.NotEqual(WebSocketMessageType.Close, received.MessageType);
            shown.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
    }
}
