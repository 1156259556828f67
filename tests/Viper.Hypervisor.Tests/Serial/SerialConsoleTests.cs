using System.Net.Sockets;
using System.Text;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Serial;

public sealed class SerialConsoleTests : IAsyncDisposable
{
    private readonly ShortFolder _folder = new();
    private readonly NetworkStream _guest;
    private readonly NetworkStream _host;

    public SerialConsoleTests()
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["socket"]));
        listener.Listen();
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(_folder["socket"]));
        _host = new NetworkStream(client, ownsSocket: true);
        _guest = new NetworkStream(listener.Accept(), ownsSocket: true);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _guest.DisposeAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Lines_PrintedBeforeAttaching_AreReplayedToEveryReader()
    {
        await using SerialConsole console = SerialConsole.Open(_host, null);
        await PrintAndEndAsync(console, "first\nsecond\nunended");

        for (int reader = 0; reader < 2; reader++)
        {
            Assert.Equal(["first", "second", "unended"], (await ReadAllAsync(console)).Select(line => line.Text));
        }
    }

    [Fact]
    public async Task Lines_SlowReader_LosesTheOldestAndIsTold()
    {
        await using SerialConsole console = SerialConsole.Open(_host, null);
        await using IAsyncEnumerator<SerialLine> reader = console.Lines(Cancellation).GetAsyncEnumerator(Cancellation);
        await _guest.WriteAsync("attached\n"u8.ToArray(), Cancellation);
        Assert.True(await reader.MoveNextAsync());

        await PrintAndEndAsync(console, string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i}\n")));

        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(10_000 - 4096, reader.Current.LinesLost);
        Assert.Equal($"{10_000 - 4096}", reader.Current.Text);
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(0, reader.Current.LinesLost);
    }

    [Fact]
    public async Task Lines_EndlessLongLines_StayBoundedInMemory()
    {
        await using SerialConsole console = SerialConsole.Open(_host, null);
        await using IAsyncEnumerator<SerialLine> reader = console.Lines(Cancellation).GetAsyncEnumerator(Cancellation);
        await _guest.WriteAsync("attached\n"u8.ToArray(), Cancellation);
        Assert.True(await reader.MoveNextAsync());

        await PrintAndEndAsync(console, new string('x', 8 * 1024 * 1024));

        int characters = 0;
        while (await reader.MoveNextAsync())
        {
            characters += reader.Current.Text.Length;
        }

        Assert.True(characters <= 1024 * 1024);
    }

    [Fact]
    public async Task GetReplay_MoreThanTheRing_IsTheEnd()
    {
        await using SerialConsole console = SerialConsole.Open(_host, null);
        byte[] bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        await _guest.WriteAsync(bytes, Cancellation);
        await _guest.DisposeAsync();
        await console.Completion.WaitAsync(Cancellation);

        Assert.Equal(bytes[^SerialConsole.ReplayLimit..], console.GetReplay());
    }

    [Fact]
    public async Task Open_LogLimit_RotatesAndKeepsAll()
    {
        await using SerialConsole console = SerialConsole.Open(_host, _folder["serial.log"], logLimit: 40_000);
        byte[] bytes = new byte[60_000];
        new Random(2).NextBytes(bytes);
        await _guest.WriteAsync(bytes, Cancellation);
        await _guest.DisposeAsync();
        await console.Completion.WaitAsync(Cancellation);

        byte[] old = await File.ReadAllBytesAsync(_folder["serial.log.1"], Cancellation);
        byte[] current = await File.ReadAllBytesAsync(_folder["serial.log"], Cancellation);
        Assert.Equal(bytes, old.Concat(current));
        Assert.True(old.Length <= 40_000);
    }

    [Fact]
    public async Task Open_LogThatCannotBeWritten_StillReads()
    {
        await using SerialConsole console = SerialConsole.Open(_host, _folder["no/such/folder/serial.log"]);
        await PrintAndEndAsync(console, "heard\n");

        Assert.Equal("heard", Assert.Single(await ReadAllAsync(console)).Text);
    }

    [Fact]
    public async Task WriteAsync_Text_ReachesTheGuest()
    {
        await using SerialConsole console = SerialConsole.Open(_host, null);

        await console.WriteAsync("typed"u8.ToArray(), Cancellation);

        byte[] buffer = new byte[5];
        await _guest.ReadExactlyAsync(buffer, Cancellation);
        Assert.Equal("typed", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public async Task WriteAsync_AfterDisposal_IsATypedError()
    {
        SerialConsole console = SerialConsole.Open(_host, null);
        await console.DisposeAsync();

        await Assert.ThrowsAsync<VmmConnectionException>(() => console.WriteAsync("x"u8.ToArray(), Cancellation));
    }

    private async Task PrintAndEndAsync(SerialConsole console, string text)
    {
        await _guest.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);
        await _guest.DisposeAsync();
        await console.Completion.WaitAsync(Cancellation);
    }

    private static async Task<List<SerialLine>> ReadAllAsync(SerialConsole console)
    {
        List<SerialLine> lines = [];
        await foreach (SerialLine line in console.Lines(Cancellation))
        {
            lines.Add(line);
        }

        return lines;
    }
}
