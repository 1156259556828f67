using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

public sealed class VmmEventsTests
{
    // As the program writes them: over several lines, each followed by a blank one.
    private const string Starting =
        "{\n  \"timestamp\": {\n    \"secs\": 0,\n    \"nanos\": 9142000\n  },\n  \"source\": \"vmm\",\n  \"event\": \"starting\",\n  \"properties\": null\n}\n\n";

    private const string Activated =
        "{\n  \"timestamp\": {\n    \"secs\": 3,\n    \"nanos\": 500000000\n  },\n  \"source\": \"virtio-device\",\n  \"event\": \"activated\",\n  \"properties\": {\n    \"id\": \"disk0\"\n  }\n}\n\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_TwoEvents_AreTyped()
    {
        List<VmmEvent> events = await ReadAsync(Starting + Activated);

        Assert.Equal(
            (TimeSpan.FromTicks(91420), "vmm", "starting", VmmEventKind.Starting, 0),
            (events[0].SinceStart, events[0].Source, events[0].Name, events[0].Kind, events[0].Properties.Count));
        Assert.Equal((TimeSpan.FromSeconds(3.5), VmmEventKind.Other, "disk0"), (events[1].SinceStart, events[1].Kind, events[1].Properties["id"]));
        Assert.Equal(2, events.Count);
    }

    [Fact]
    public async Task ReadAsync_OneByteAtATime_LosesNothing()
    {
        Pipe pipe = new();
        Task<List<VmmEvent>> reading = ReadAsync(pipe.Reader.AsStream());
        foreach (byte one in Encoding.UTF8.GetBytes(Starting + Activated + Starting))
        {
            await pipe.Writer.WriteAsync(new[] { one }, Cancellation);
        }

        await pipe.Writer.CompleteAsync();

        Assert.Equal(["starting", "activated", "starting"], (await reading).Select(e => e.Name));
    }

    [Fact]
    public void TryRead_CutAtEveryLength_NeedsMore()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Activated);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, VmmEventReader.TryRead(bytes.AsSpan(0, length), out _, out _));
        }
    }

    [Fact]
    public void TryRead_Mutated_NeverThrows()
    {
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Activated);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = VmmEventReader.TryRead(bytes, out _, out int consumed);
            Assert.InRange(consumed, 0, bytes.Length);
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("[1]\n\n")]
    [InlineData("{}\n\n")]
    [InlineData("{\"timestamp\":{\"secs\":-1,\"nanos\":0},\"source\":\"vm\",\"event\":\"x\"}\n\n")]
    [InlineData("{\"timestamp\":{\"secs\":1,\"nanos\":1000000000},\"source\":\"vm\",\"event\":\"x\"}\n\n")]
    [InlineData("{\"timestamp\":{\"secs\":99999999999,\"nanos\":0},\"source\":\"vm\",\"event\":\"x\"}\n\n")]
    [InlineData("{\"timestamp\":{\"secs\":1,\"nanos\":0},\"source\":null,\"event\":\"x\"}\n\n")]
    [InlineData("{\"timestamp\":{\"secs\":1,\"nanos\":0},\"source\":\"vm\"")]
    public async Task ReadAsync_NoEvents_IsATypedErrorAfterTheGoodOnes(string rest)
    {
        List<VmmEvent> events = [];

        await Assert.ThrowsAsync<VmmConnectionException>(() => ReadAsync(Stream(Starting + rest), events));

        Assert.Equal("starting", Assert.Single(events).Name);
    }

    [Fact]
    public async Task ReadAsync_EndlessEvent_IsATypedErrorAtTheLimit()
    {
        using EndlessStream stream = new();

        await Assert.ThrowsAsync<VmmConnectionException>(() => ReadAsync(stream));

        Assert.InRange(stream.Given, VmmEventReader.EventLimit, 4 * VmmEventReader.EventLimit);
    }

    [Theory]
    [InlineData("resizing resized pausing", "Resizing Resized Pausing")]
    [InlineData("resizing pausing", "Resizing ResizeFailed Pausing")]
    [InlineData("resizing resizing resized", "Resizing ResizeFailed Resizing Resized")]
    [InlineData("resizing", "Resizing ResizeFailed")]
    [InlineData("resizing panic activated resized", "Resizing Panic Other Resized")]
    [InlineData("resized", "Resized")]
    public async Task ReadAsync_ResizingWithoutResized_IsReportedAsFailure(string names, string kinds)
    {
        string text = string.Concat(names.Split(' ').Select((name, i) =>
            $"{{\"timestamp\":{{\"secs\":{i},\"nanos\":0}},\"source\":\"vm\",\"event\":\"{name}\",\"properties\":null}}\n\n"));

        List<VmmEvent> events = await ReadAsync(text);

        Assert.Equal(kinds, string.Join(' ', events.Select(e => e.Kind)));
        Assert.All(events.Where(e => e.Kind == VmmEventKind.ResizeFailed), e => Assert.Equal("vm", e.Source));
    }

    [Fact]
    public async Task ReadAsync_Cancelled_Ends()
    {
        Pipe pipe = new();
        using CancellationTokenSource cancel = new();
        Task reading = Task.Run(
            async () =>
            {
                await foreach (VmmEvent _ in VmmEvents.ReadAsync(pipe.Reader.AsStream(), cancel.Token))
                {
                }
            },
            Cancellation);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task EventChannel_WriterClosed_EndsTheStream()
    {
        (NetworkStream reader, Interop.SafeFd writer) = EventChannel.Create();
        await using EventWatch watch = new(reader);
        using (FileStream stream = new(new Microsoft.Win32.SafeHandles.SafeFileHandle(writer.Number, ownsHandle: false), FileAccess.Write, 0))
        {
            stream.Write(Encoding.UTF8.GetBytes(Starting + Activated.Replace("activated", "panic")));
        }

        writer.Dispose();
        await watch.Completion.WaitAsync(Cancellation);

        Assert.True(watch.GuestPanicked);
    }

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    private static Task<List<VmmEvent>> ReadAsync(string text) => ReadAsync(Stream(text));

    private static async Task<List<VmmEvent>> ReadAsync(Stream stream, List<VmmEvent>? events = null)
    {
        events ??= [];
        await foreach (VmmEvent next in VmmEvents.ReadAsync(stream, Cancellation))
        {
            events.Add(next);
        }

        return events;
    }
}
