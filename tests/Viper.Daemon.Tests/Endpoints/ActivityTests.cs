using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Viper.Daemon.Tests.Harness;
using Viper.Orchestration;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Endpoints;

/// <summary>What counts as use of a VM, and what does not (docs/lifecycle.md).</summary>
public sealed class ActivityTests
{
    [Theory]
    [InlineData("GET", "/api/v1/vms/a", false)]
    [InlineData("GET", "/api/v1/vms", false)]
    [InlineData("GET", "/api/v1/vms/a?wait=ready", false)]
    [InlineData("GET", "/api/v1/vms/a/logs", false)]
    [InlineData("GET", "/api/v1/system/status", false)]
    [InlineData("GET", "/api/v1/vms/a/agent/status", false)]
    [InlineData("GET", "/api/v1/vms/a/agent/status/?x=1", false)]
    [InlineData("POST", "/api/v1/vms/a/keepalive", true)]
    [InlineData("GET", "/api/v1/vms/a/agent/json/version", true)]
    [InlineData("GET", "/api/v1/vms/a/agent/files/status", true)]
    [InlineData("POST", "/api/v1/vms/a/agent/echo", true)]
    public async Task Request_IsUseOrNot(string method, string path, bool isUse)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        VmActivity activity = daemon.Engine.GetActivity("a");
        long before = activity.LastTimestamp;
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.True((int)answer.StatusCode < 500, answer.StatusCode.ToString());
        Assert.Equal(isUse, activity.LastTimestamp != before);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(9, false)]
    [InlineData(10, false)]
    public async Task Frame_OfADevToolsSocket_IsUseIfItIsAMessage(byte opcode, bool isUse)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, "/api/v1/vms/a/agent/devtools/browser/default", "localhost");
        VmActivity activity = daemon.Engine.GetActivity("a");
        long before = activity.LastTimestamp;

        await stream.WriteAsync(WebSocketFrames.Make(opcode, "hello"u8.ToArray(), isMasked: true), DaemonHarness.Deadline);
        var echoed = await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline);

        Assert.Equal("hello", Encoding.UTF8.GetString(echoed!.Value.Payload));
        Assert.Equal(isUse, activity.LastTimestamp != before);
    }

    [Fact]
    public async Task Console_Typed_IsUseAndPrintedIsNot()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        Stream guest = daemon.Engine.GuestSerial("a");
        VmActivity activity = daemon.Engine.GetActivity("a");
        using ClientWebSocket socket = new();
        socket.Options.Proxy = null;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{daemon.Tcp.Port}/api/v1/vms/a/console"), DaemonHarness.Deadline);
        long before = activity.LastTimestamp;

        await guest.WriteAsync("x"u8.ToArray(), DaemonHarness.Deadline);
        await socket.ReceiveAsync(new byte[1].AsMemory(), DaemonHarness.Deadline);
        long afterPrint = activity.LastTimestamp;
        await socket.SendAsync("y"u8.ToArray(), WebSocketMessageType.Binary, true, DaemonHarness.Deadline);
        await guest.ReadExactlyAsync(new byte[1], DaemonHarness.Deadline);

        Assert.Equal(before, afterPrint);
        Assert.NotEqual(before, activity.LastTimestamp);
    }

    [Fact]
    public async Task Create_WithTimers_ShowsThem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync(
            "/api/v1/vms", DaemonHarness.Json("""{"name":"a","idle_timeout_seconds":300,"max_lifetime_seconds":3600,"restart":"always"}"""), DaemonHarness.Deadline);

        using JsonDocument vm = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline));
        Assert.Equal(
            (300, 3600, "always"),
            (vm.RootElement.GetProperty("idle_timeout_seconds").GetInt32(), vm.RootElement.GetProperty("max_lifetime_seconds").GetInt32(), vm.RootElement.GetProperty("restart").GetString()));
    }

    private static async Task<DaemonHarness> ReadyAsync()
    {
        DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        return daemon;
    }
}
