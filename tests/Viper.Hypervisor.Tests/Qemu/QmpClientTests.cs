using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Qemu;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Qemu;

/// <summary>The client against a scripted monitor on a real unix socket.</summary>
public sealed class QmpClientTests : IAsyncDisposable
{
    private readonly ShortFolder _folder = new();
    private readonly NetworkStream _monitor;
    private readonly StreamReader _commands;
    private readonly QmpClient _client;
    private readonly List<string> _events = [];

    public QmpClientTests()
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["qmp"]));
        listener.Listen();
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(_folder["qmp"]));
        _monitor = new NetworkStream(listener.Accept(), ownsSocket: true);
        _commands = new StreamReader(_monitor);
        _client = new QmpClient(new NetworkStream(client, ownsSocket: true), message => _events.Add(message.Name));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _monitor.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task NegotiateAsync_Greeting_EntersCommandMode()
    {
        Task negotiation = _client.NegotiateAsync(Cancellation);
        await SayAsync("""{"QMP": {"version": {}, "capabilities": []}}""");
        long id = await HearAsync("qmp_capabilities");
        await SayAsync($$"""{"return": {}, "id": {{id}}}""");

        await negotiation.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_AnswersInOtherOrderWithEventsBetween_MatchById()
    {
        Task<JsonElement> first = _client.ExecuteAsync("first", Cancellation);
        long firstId = await HearAsync("first");
        Task<JsonElement> second = _client.ExecuteAsync("second", Cancellation);
        long secondId = await HearAsync("second");
        await SayAsync("""{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}""");
        await SayAsync($$"""{"return": 2, "id": {{secondId}}}""");
        await SayAsync($$"""{"return": 1, "id": {{firstId}}}""");

        Assert.Equal(1, (await first).GetInt32());
        Assert.Equal(2, (await second).GetInt32());
        Assert.Equal(["STOP"], _events);
    }

    [Fact]
    public async Task ExecuteAsync_Refused_IsATypedError()
    {
        Task<JsonElement> command = _client.ExecuteAsync("x", Cancellation);
        long id = await HearAsync("x");
        await SayAsync($$"""{"error": {"class": "GenericError", "desc": "No"}, "id": {{id}}}""");

        VmmApiException error = await Assert.ThrowsAsync<VmmApiException>(() => command);

        Assert.Equal(("x", "GenericError"), (error.Operation, error.ErrorClass));
        Assert.Equal(["No"], error.Causes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not QMP\n")]
    public async Task ExecuteAsync_MonitorEndsOrTalksNonsense_FailsEveryCommand(string last)
    {
        Task<JsonElement> pending = _client.ExecuteAsync("x", Cancellation);
        await HearAsync("x");
        await _monitor.WriteAsync(Encoding.UTF8.GetBytes(last), Cancellation);
        if (last.Length == 0)
        {
            _monitor.Socket.Shutdown(SocketShutdown.Both);
        }

        await Assert.ThrowsAsync<VmmConnectionException>(() => pending);
        await Assert.ThrowsAsync<VmmConnectionException>(() => _client.ExecuteAsync("y", Cancellation));
    }

    [Fact]
    public async Task ExecuteAsync_LineOverTheLimit_FailsInsteadOfFillingMemory()
    {
        Task<JsonElement> pending = _client.ExecuteAsync("x", Cancellation);
        byte[] endless = new byte[QmpClient.LineLimit + 1];
        Array.Fill(endless, (byte)' ');
        try
        {
            await _monitor.WriteAsync(endless, Cancellation);
        }
        catch (IOException)
        {
            // The client has closed the connection meanwhile.
        }

        Assert.Contains("more than", (await Assert.ThrowsAsync<VmmConnectionException>(() => pending)).Message);
    }

    [Fact]
    public async Task ExecuteAsync_Cancelled_LeavesTheConnectionUsable()
    {
        using CancellationTokenSource cancel = new();
        Task<JsonElement> first = _client.ExecuteAsync("first", cancel.Token);
        long firstId = await HearAsync("first");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Task<JsonElement> second = _client.ExecuteAsync("second", Cancellation);
        await SayAsync($$"""{"return": 1, "id": {{firstId}}}""");
        await SayAsync($$"""{"return": 2, "id": {{await HearAsync("second")}}}""");

        Assert.Equal(2, (await second).GetInt32());
    }

    [Fact]
    public async Task NegotiateAsync_OutOfBandOffered_IsEnabledAndUsable()
    {
        Task negotiation = _client.NegotiateAsync(Cancellation);
        await SayAsync("""{"QMP": {"version": {}, "capabilities": ["oob", 7]}}""");
        using (JsonDocument line = await HearLineAsync())
        {
            Assert.Equal("""{"enable":["oob"]}""", line.RootElement.GetProperty("arguments").GetRawText());
            await SayAsync($$"""{"return": {}, "id": {{line.RootElement.GetProperty("id").GetInt64()}}}""");
        }

        await negotiation.WaitAsync(Cancellation);
        Task<JsonElement> command = _client.ExecuteOutOfBandAsync("migrate-pause", null, Cancellation);
        using JsonDocument urgent = await HearLineAsync();

        Assert.Equal("migrate-pause", urgent.RootElement.GetProperty("exec-oob").GetString());
        await SayAsync($$"""{"return": {}, "id": {{urgent.RootElement.GetProperty("id").GetInt64()}}}""");
        await command.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task ExecuteOutOfBandAsync_NotOffered_IsUnsupported() =>
        await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => _client.ExecuteOutOfBandAsync("migrate-pause", null, Cancellation));

    [Fact]
    public async Task ExecuteAsync_NinthCommand_WaitsUntilOneIsAnswered()
    {
        List<Task<JsonElement>> commands = [.. Enumerable.Range(0, 9).Select(i => _client.ExecuteAsync($"c{i}", Cancellation))];
        long first = await HearAsync("c0");
        for (int i = 1; i < 8; i++)
        {
            await HearAsync($"c{i}");
        }

        Task<string?> ninth = _commands.ReadLineAsync(Cancellation).AsTask();
        Assert.False(ninth.IsCompleted);
        await SayAsync($$"""{"return": 0, "id": {{first}}}""");

        Assert.Contains("c8", await ninth.WaitAsync(Cancellation));
        await commands[0].WaitAsync(Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_ErrorWithoutId_FailsInsteadOfWaitingForEver()
    {
        Task<JsonElement> command = _client.ExecuteAsync("x", Cancellation);
        await HearAsync("x");
        await SayAsync("""{"error": {"class": "GenericError", "desc": "JSON parse error"}}""");

        VmmConnectionException error = await Assert.ThrowsAsync<VmmConnectionException>(() => command);

        Assert.Equal("x", error.Operation);
        Assert.Contains("JSON parse error", error.Message);
    }

    [Fact]
    public async Task ExecuteAsync_WithDescriptor_MonitorGetsAnOpenCopy()
    {
        await File.WriteAllTextAsync(_folder["passed"], "through", Cancellation);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(_folder["passed"]);
        Task<JsonElement> command = _client.ExecuteAsync(
            "getfd", writer => writer.WriteString("fdname"u8, "a"u8), file, Cancellation);

        (string line, SafeFd? received) = ReceiveDescriptor();
        using (received)
        {
            Assert.NotNull(received);
            using FileStream copy = new(new Microsoft.Win32.SafeHandles.SafeFileHandle(received.Number, ownsHandle: false), FileAccess.Read);
            using StreamReader reader = new(copy);
            Assert.Equal("through", await reader.ReadToEndAsync(Cancellation));
        }

        using JsonDocument document = JsonDocument.Parse(line);
        await SayAsync($$"""{"return": {}, "id": {{document.RootElement.GetProperty("id").GetInt64()}}}""");
        await command.WaitAsync(Cancellation);
    }

    private unsafe (string Line, SafeFd? Descriptor) ReceiveDescriptor()
    {
        byte[] bytes = new byte[1024];
        byte[] control = new byte[64];
        fixed (byte* data = bytes, controlStart = control)
        {
            Libc.Iovec vector = new() { Base = data, Length = (nuint)bytes.Length };
            Libc.MessageHeader message = new()
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = controlStart,
                ControlLength = (nuint)control.Length,
            };
            Assert.True(_monitor.Socket.Poll(TimeSpan.FromMinutes(1), SelectMode.SelectRead));
            nint count = Libc.recvmsg(_monitor.Socket.SafeHandle, &message, Libc.MSG_CMSG_CLOEXEC);
            Assert.True(count > 0);
            Libc.ControlHeader* header = (Libc.ControlHeader*)controlStart;
            SafeFd? fd = message.ControlLength > 0 && header->Type == Libc.SCM_RIGHTS
                ? new SafeFd(*(int*)(controlStart + sizeof(Libc.ControlHeader)))
                : null;
            return (Encoding.UTF8.GetString(bytes, 0, (int)count), fd);
        }
    }

    private async Task<JsonDocument> HearLineAsync() => JsonDocument.Parse((await _commands.ReadLineAsync(Cancellation))!);

    private Task SayAsync(string line) => _monitor.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), Cancellation).AsTask();

    private async Task<long> HearAsync(string command)
    {
        using JsonDocument document = JsonDocument.Parse((await _commands.ReadLineAsync(Cancellation))!);
        Assert.Equal(command, document.RootElement.GetProperty("execute").GetString());
        return document.RootElement.GetProperty("id").GetInt64();
    }
}
