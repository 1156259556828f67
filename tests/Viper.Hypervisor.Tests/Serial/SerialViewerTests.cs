using System.Net.Sockets;
using System.Text;
using Viper.Hypervisor.Serial;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Serial;

public sealed class SerialViewerTests : IAsyncDisposable
{
    private readonly NetworkStream _guest;
    private readonly SerialConsole _console;

    public SerialViewerTests()
    {
        using ShortFolder folder = new();
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        listener.Listen();
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(folder["socket"]));
        _console = SerialConsole.Open(new NetworkStream(client, ownsSocket: true), null);
        _guest = new NetworkStream(listener.Accept(), ownsSocket: true);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _guest.DisposeAsync();
        await _console.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_PrintedBeforeAndAfterAttaching_EveryViewerSeesAll()
    {
        SerialViewer first = _console.Attach();
        await _guest.WriteAsync("before "u8.ToArray(), Cancellation);
        Assert.Equal("before ", await ReadAsync(first, 7));
        SerialViewer second = _console.Attach();
        await _guest.WriteAsync("after"u8.ToArray(), Cancellation);

        Assert.Equal("after", await ReadAsync(first, 5));
        Assert.Equal("before after", await ReadAsync(second, 12));
    }

    [Fact]
    public async Task Attach_MoreThanTheRing_ReplaysTheLast64KiB()
    {
        byte[] bytes = new byte[200_000];
        new Random(3).NextBytes(bytes);
        await EndWithAsync(bytes);

        SerialViewer viewer = _console.Attach();

        Assert.Equal(bytes[^SerialConsole.ReplayLimit..], await ReadAllAsync(viewer));
        Assert.Equal(0, viewer.BytesLost);
    }

    [Fact]
    public async Task ReadAsync_SlowViewer_LosesTheOldestAndIsToldHowMuch()
    {
        SerialViewer viewer = _console.Attach();
        byte[] bytes = new byte[200_000];
        new Random(4).NextBytes(bytes);

        // Nobody reads while this is printed: the guest is not held up by it.
        await EndWithAsync(bytes);

        Assert.Equal(bytes[^SerialConsole.ReplayLimit..], await ReadAllAsync(viewer));
        Assert.Equal(200_000 - SerialConsole.ReplayLimit, viewer.BytesLost);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_LosesNothing()
    {
        SerialViewer viewer = _console.Attach();
        using CancellationTokenSource cancel = new();
        ValueTask<int> reading = viewer.ReadAsync(new byte[8], cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);

        await _guest.WriteAsync("x"u8.ToArray(), Cancellation);

        Assert.Equal("x", await ReadAsync(viewer, 1));
    }

    [Fact]
    public async Task TryTakeWriter_Taken_TellsWhoHasItUntilItIsGivenUp()
    {
        using SerialWriter? first = _console.TryTakeWriter("ann", out SerialHolder mine);
        SerialWriter? second = _console.TryTakeWriter("bob", out SerialHolder theirs);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.Equal(("ann", mine), (theirs.Name, _console.Writer));

        first.Dispose();
        using SerialWriter? third = _console.TryTakeWriter("bob", out SerialHolder now);
        Assert.Equal("bob", now.Name);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.WriteAsync("x"u8.ToArray(), Cancellation));
        Assert.Equal("bob", _console.Writer!.Name);
    }

    [Fact]
    public async Task TryTakeWriter_ManyAtOnce_OneGetsIt()
    {
        SerialWriter?[] writers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => Task.Run(() => _console.TryTakeWriter($"w{i}", out _), Cancellation)));

        Assert.Single(writers, writer => writer is not null);
    }

    [Fact]
    public async Task WriteAsync_SomebodyHasTheRight_IsATypedRefusal()
    {
        using SerialWriter writer = _console.TryTakeWriter("ann", out _)!;

        SerialTakenException refusal = await Assert.ThrowsAsync<SerialTakenException>(
            () => _console.WriteAsync("x"u8.ToArray(), Cancellation));
        await writer.WriteAsync("typed"u8.ToArray(), Cancellation);

        Assert.Equal("ann", refusal.Holder.Name);
        byte[] typed = new byte[5];
        await _guest.ReadExactlyAsync(typed, Cancellation);
        Assert.Equal("typed", Encoding.UTF8.GetString(typed));
    }

    [Fact]
    public async Task Dispose_WhileTheGuestReadsNothing_FreesTheRight()
    {
        SerialWriter writer = _console.TryTakeWriter("ann", out _)!;
        Task stuck = writer.WriteAsync(new byte[32 * 1024 * 1024], Cancellation);

        writer.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => stuck);
        using SerialWriter? next = _console.TryTakeWriter("bob", out _);
        Assert.NotNull(next);
    }

    [Fact]
    public void SerialRing_AnySizes_HoldsTheEndOfTheStream()
    {
        Random random = new(5);
        SerialRing ring = new(64);
        List<byte> all = [];
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(150)];
            random.NextBytes(bytes);
            ring.Append(bytes);
            all.AddRange(bytes);
            Assert.Equal(all.TakeLast(64), ring.ToArray());
            long place = ring.Start + random.Next((int)(ring.End - ring.Start) + 1);
            byte[] part = new byte[random.Next(80)];
            int count = ring.CopyFrom(place, part);
            Assert.Equal(all.Skip((int)place).Take(count), part.Take(count));
        }
    }

    private async Task EndWithAsync(byte[] bytes)
    {
        await _guest.WriteAsync(bytes, Cancellation);
        await _guest.DisposeAsync();
        await _console.Completion.WaitAsync(Cancellation);
    }

    private static async Task<string> ReadAsync(SerialViewer viewer, int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int more = await viewer.ReadAsync(bytes.AsMemory(read), Cancellation);
            Assert.NotEqual(0, more);
            read += more;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private static async Task<byte[]> ReadAllAsync(SerialViewer viewer)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[10_000];
        int count;
        while ((count = await viewer.ReadAsync(buffer, Cancellation)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
