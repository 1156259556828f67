using System.Net;
using System.Net.Sockets;
using Viper.Daemon.Relay;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Relay;

public sealed class PolledSocketTests
{
    [Fact]
    public async Task Receive_Bytes_ComeInOrderUntilTheEnd()
    {
        using SocketPair pair = await SocketPair.ConnectAsync();
        byte[] sent = new byte[5_000_000];
        new Random(1).NextBytes(sent);
        Task sending = Task.Run(async () =>
        {
            Random random = new(2);
            for (int at = 0; at < sent.Length;)
            {
                int size = Math.Min(sent.Length - at, random.Next(1, 60_000));
                await pair.Theirs.SendAsync(sent.AsMemory(at, size), DaemonHarness.Deadline);
                at += size;
            }

            pair.Theirs.Shutdown(SocketShutdown.Send);
        });
        using MemoryStream seen = new();
        byte[] buffer = new byte[8192];
        for (int read; (read = await pair.Ours.ReceiveAsync(buffer, DaemonHarness.Deadline)) > 0;)
        {
            seen.Write(buffer, 0, read);
        }

        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(seen.GetBuffer().AsSpan(0, (int)seen.Length)));
        Assert.Equal(0, await pair.Ours.ReceiveAsync(buffer, DaemonHarness.Deadline));
    }

    /// <summary>The end comes with the last bytes, or a while after them: it is noticed either way.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receive_End_IsNoticedHoweverItComes(bool isTogether)
    {
        for (int round = 0; round < 200; round++)
        {
            using SocketPair pair = await SocketPair.ConnectAsync();
            byte[] buffer = new byte[64];
            Task<int> first = isTogether ? Task.FromResult(0) : pair.Ours.ReceiveAsync(buffer, DaemonHarness.Deadline).AsTask();
            await pair.Theirs.SendAsync(new byte[7], DaemonHarness.Deadline);
            int have = await first;
            pair.Theirs.Shutdown(SocketShutdown.Send);
            for (int read; (read = await pair.Ours.ReceiveAsync(buffer, DaemonHarness.Deadline)) > 0;)
            {
                have += read;
            }

            Assert.Equal(7, have);
        }
    }

    [Fact]
    public async Task Send_ToWhoDoesNotRead_WaitsAndGoesOn()
    {
        using SocketPair pair = await SocketPair.ConnectAsync();
        byte[] sent = new byte[20_000_000];
        new Random(3).NextBytes(sent);
        Task sending = pair.Ours.SendAllAsync(sent, DaemonHarness.Deadline).AsTask();
        byte[] seen = new byte[sent.Length];
        await using NetworkStream stream = new(pair.Theirs);
        await stream.ReadExactlyAsync(seen, DaemonHarness.Deadline);

        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(seen));
    }

    [Fact]
    public async Task Receive_Cancelled_EndsThatWaitAndNoOther()
    {
        using SocketPair pair = await SocketPair.ConnectAsync();
        byte[] buffer = new byte[1];
        for (int round = 0; round < 500; round++)
        {
            using CancellationTokenSource over = new();
            Task<int> waiting = pair.Ours.ReceiveAsync(buffer, over.Token).AsTask();
            await Task.WhenAll(Task.Run(over.Cancel), pair.Theirs.SendAsync(new byte[] { 5 }, DaemonHarness.Deadline).AsTask());
            try
            {
                Assert.Equal(1, await waiting);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(1, await pair.Ours.ReceiveAsync(buffer, DaemonHarness.Deadline));
            }

            Assert.Equal(5, buffer[0]);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Ours.ReceiveAsync(buffer, new CancellationToken(true)).AsTask());
    }

    [Fact]
    public async Task Dispose_WhileBothWait_EndsBoth()
    {
        using SocketPair pair = await SocketPair.ConnectAsync();
        Task receiving = pair.Ours.ReceiveAsync(new byte[1], DaemonHarness.Deadline).AsTask();
        Task sending = pair.Ours.SendAllAsync(new byte[50_000_000], DaemonHarness.Deadline).AsTask();

        pair.Ours.Dispose();

        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => receiving);
        Assert.True(await Record.ExceptionAsync(() => sending) is ObjectDisposedException or SocketException);
    }

    [Fact]
    public async Task Connect_NobodyListens_IsRefused()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        await Assert.ThrowsAsync<SocketException>(() => PolledSocket.ConnectAsync((IPEndPoint)bound.LocalEndPoint!, DaemonHarness.Deadline));
    }

    /// <summary>The two ends of one connection.</summary>
    private sealed record SocketPair(PolledSocket Ours, Socket Theirs) : IDisposable
    {
        internal static async Task<SocketPair> ConnectAsync()
        {
            using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            Task<PolledSocket> connecting = PolledSocket.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, DaemonHarness.Deadline);
            Socket theirs = await listener.AcceptAsync(DaemonHarness.Deadline);
            return new SocketPair(await connecting, theirs);
        }

        public void Dispose()
        {
            Ours.Dispose();
            Theirs.Dispose();
        }
    }
}
