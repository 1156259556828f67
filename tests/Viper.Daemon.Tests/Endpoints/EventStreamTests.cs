using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Endpoints;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Events_Replayed_AreExactlyTheseBytes()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        VmEvent item = await FirstEventAsync(daemon, 0);
        await using NetworkStream stream = await OpenAsync(daemon, "/api/v1/events/vms?after=0");

        string head = await RawExchange.ReadHeadAsync(stream);
        string expected = "retry: 2000\n\n" + "id: 1\nevent: VM_CREATED\ndata: " + JsonSerializer.Serialize(item, ViperJson.Readable.VmEvent) + "\n\n";
        string body = await ReadBodyAsync(stream, expected.Length);

        Assert.Equal(expected, body);
        Assert.Contains("Content-Type: text/event-stream\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Cache-Control: no-store\r\n", head, StringComparison.Ordinal);
        Assert.Contains("X-Accel-Buffering: no\r\n", head, StringComparison.Ordinal);
        Assert.StartsWith("{\"seq\":1,\"type\":\"VM_CREATED\",\"time\":\"", expected[(expected.IndexOf("data: ", StringComparison.Ordinal) + 6)..], StringComparison.Ordinal);
        Assert.EndsWith("\"vm\":{\"id\":\"vm_00000001\",\"name\":\"a\",\"status\":\"creating\"},\"data\":{}}\n\n", expected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_NothingHappens_KeepsTheConnectionAlive()
    {
        ManualTime time = new();
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(time: time);
        await using NetworkStream stream = await OpenAsync(daemon, "/api/v1/events");
        await RawExchange.ReadHeadAsync(stream);
        await ReadBodyAsync(stream, "retry: 2000\n\n".Length);

        TimeSpan first = await time.FireNextAsync(DaemonHarness.Deadline);
        string one = await ReadBodyAsync(stream, ": keepalive\n\n".Length);
        await time.FireNextAsync(DaemonHarness.Deadline);
        string two = await ReadBodyAsync(stream, ": keepalive\n\n".Length);

        Assert.Equal(TimeSpan.FromSeconds(15), first);
        Assert.Equal((": keepalive\n\n", ": keepalive\n\n"), (one, two));
    }

    [Theory]
    [InlineData("", "Last-Event-ID: 1\r\n", "2,3")]
    [InlineData("?after=2", "", "3")]
    [InlineData("?after=0", "Last-Event-ID: 2\r\n", "3")]
    [InlineData("?after=0&types=VM_READY,VM_CREATED", "", "1,3")]
    [InlineData("?after=0&types=VM_READY&types=VM_CREATED", "", "1,3")]
    [InlineData("?after=0&vm=a", "", "1,2,3")]
    public async Task Events_FromAPlaceOrFiltered_AreThose(string query, string header, string ids)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await using NetworkStream stream = await OpenAsync(daemon, "/api/v1/events/vms" + query, header);
        await RawExchange.ReadHeadAsync(stream);

        List<string> seen = await ReadIdsAsync(stream, ids.Split(',').Length);

        Assert.Equal(ids.Split(','), seen);
    }

    [Fact]
    public async Task Events_OfOneVm_LeaveOutTheOthers()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        await daemon.CreateAsync("b");
        await using NetworkStream stream = await OpenAsync(daemon, "/api/v1/vms/b/events?after=0");
        await RawExchange.ReadHeadAsync(stream);

        Assert.Equal(["2"], await ReadIdsAsync(stream, 1));
    }

    [Fact]
    public async Task Events_StartWasDropped_BeginWithTruncated()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Engine.DropEventsBefore(3);
        await using NetworkStream stream = await OpenAsync(daemon, "/api/v1/events?after=0&types=VM_READY");
        await RawExchange.ReadHeadAsync(stream);

        string body = await ReadBodyAsync(stream, "retry: 2000\n\nid: 2\nevent: EVENTS_TRUNCATED\n".Length);

        Assert.Equal("retry: 2000\n\nid: 2\nevent: EVENTS_TRUNCATED\n", body);
    }

    [Fact]
    public async Task Events_ReaderPauses_GetsAllInOrder()
    {
        const int Count = 20_000;
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        await using NetworkStream stream = await OpenAsync(daemon, "/api/v1/events?after=1");
        await RawExchange.ReadHeadAsync(stream);
        string filler = "{\"text\":\"" + new string('x', 200) + "\"}";
        for (int i = 0; i < Count; i++)
        {
            daemon.Engine.Append("a", "VM_IDLE_WARNING", filler);
        }

        List<string> ids = await ReadIdsAsync(stream, Count);

        Assert.Equal(Enumerable.Range(2, Count).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), ids);
    }

    [Fact]
    public async Task Events_DaemonStops_EndTheBodyInOrder()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.UnixHttp();
        using HttpResponseMessage answer = await http.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, DaemonHarness.Deadline);

        await daemon.StopAsync();

        Assert.Equal("retry: 2000\n\n", await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline));
    }

    [Fact]
    public async Task Logs_AsText_AreTheLastLines()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        foreach (string line in (string[])["one", "two", "thrée"])
        {
            daemon.Engine.WriteLog("a", "serial", line);
        }

        using HttpClient http = daemon.Http();
        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a/logs?tail=2", DaemonHarness.Deadline);

        Assert.Equal("two\nthrée\n", await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline));
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Logs_FollowedAsEvents_GoOnUntilDeleted()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Engine.WriteLog("a", "hypervisor", "one\r\ninjected");
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/vms/a/logs?source=hypervisor&follow=1");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, DaemonHarness.Deadline);

        const string Past = "retry: 2000\n\nevent: log\ndata: {\"line\":\"one\\r\\ninjected\"}\n\n";
        await using Stream body = await answer.Content.ReadAsStreamAsync(DaemonHarness.Deadline);
        Assert.Equal(Past, await RawExchange.ReadTextAsync(body, Past.Length));

        daemon.Engine.WriteLog("a", "hypervisor", "two");
        await daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline);

        using StreamReader rest = new(body);
        Assert.Equal("event: log\ndata: {\"line\":\"two\"}\n\n", await rest.ReadToEndAsync(DaemonHarness.Deadline));
    }

    private static async Task<VmEvent> FirstEventAsync(DaemonHarness daemon, long after)
    {
        await foreach (VmEvent item in daemon.Engine.ReadEventsAsync(after, null, DaemonHarness.Deadline))
        {
            return item;
        }

        throw new InvalidOperationException("The engine's stream ended.");
    }

    private static async Task<NetworkStream> OpenAsync(DaemonHarness daemon, string path, string header = "")
    {
        NetworkStream stream = await daemon.ConnectAsync();
        string request = $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{header}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), DaemonHarness.Deadline);
        return stream;
    }

    // So many bytes of a chunked body: as much of the wire as a client may see.
    private static async Task<string> ReadBodyAsync(NetworkStream stream, int length)
    {
        StringBuilder body = new();
        while (body.Length < length)
        {
            body.Append(await ReadChunkAsync(stream, length - body.Length));
        }

        return body.ToString();
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<NetworkStream, StringBuilder> s_rest = [];

    private static async Task<string> ReadChunkAsync(NetworkStream stream, int most)
    {
        StringBuilder rest = s_rest.GetOrCreateValue(stream);
        if (rest.Length == 0)
        {
            StringBuilder size = new();
            while (!size.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                size.Append(await RawExchange.ReadTextAsync(stream, 1));
            }

            int length = Convert.ToInt32(size.ToString().Trim(), 16);
            rest.Append((await RawExchange.ReadTextAsync(stream, length + 2))[..^2]);
        }

        string part = rest.ToString(0, Math.Min(most, rest.Length));
        rest.Remove(0, part.Length);
        return part;
    }

    private static async Task<List<string>> ReadIdsAsync(NetworkStream stream, int count)
    {
        List<string> ids = [];
        StringBuilder pending = new();
        while (ids.Count < count)
        {
            pending.Append(await ReadChunkAsync(stream, int.MaxValue));
            string[] lines = pending.ToString().Split('\n');
            ids.AddRange(lines[..^1].Where(l => l.StartsWith("id: ", StringComparison.Ordinal)).Select(l => l[4..]));
            pending.Clear().Append(lines[^1]);
        }

        return ids;
    }
}
