using System.Net.Sockets;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Relay;

/// <summary>Alone, for it counts what the whole process allocates.</summary>
[Collection(nameof(SocketRelayAllocationTests))]
[CollectionDefinition(nameof(SocketRelayAllocationTests), DisableParallelization = true)]
public sealed class SocketRelayAllocationTests
{
    // Unoptimised code makes an object of every async method's state.
#if DEBUG
    private const int MostBytesPerFrame = 512;
#else
    private const int MostBytesPerFrame = 4;
#endif

    [Fact]
    public async Task Relay_Warm_AllocatesNextToNothingPerFrame()
    {
        const int Frames = 5_000;
        const int Rounds = 6;
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.OnSocket = static async (socket, token) =>
        {
            byte[] buffer = new byte[4096];
            int read;
            while ((read = await socket.Stream.ReadAsync(buffer, token)) > 0)
            {
                await socket.Stream.WriteAsync(buffer.AsMemory(0, read), token);
            }
        };
        await using NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, "/api/v1/vms/a/agent/devtools/browser/default", "localhost");
        byte[] frame = WebSocketFrames.Make(1, """{"id":1,"method":"Runtime.evaluate","params":{"expression":"1"}}"""u8, isMasked: true);
        byte[] seen = new byte[frame.Length];
        CancellationToken deadline = DaemonHarness.Deadline;
        await EchoAsync(2000);
        double perFrame = double.MaxValue;

        // The least of several rounds: what each frame costs is in all of them, what the process does besides is not.
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await EchoAsync(Frames);
            perFrame = Math.Min(perFrame, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Frames);
        }

        TestContext.Current.SendDiagnosticMessage($"{perFrame:F2} bytes per frame there and back");
        Assert.InRange(perFrame, 0, MostBytesPerFrame);

        async Task EchoAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await stream.WriteAsync(frame, deadline);

                // Not ReadExactlyAsync, which allocates where it has to wait.
                for (int have = 0; have < seen.Length;)
                {
                    have += await stream.ReadAsync(seen.AsMemory(have), deadline);
                }
            }
        }
    }
}
