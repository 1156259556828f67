using System.Text;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Client.Tests;

public sealed class ViperConsoleTests
{
    [Fact]
    public async Task OpenConsoleAsync_BytesBothWays_UntilTheVmStops()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        Stream guest = daemon.Engine.GuestSerial("a");
        await using ViperConsole console = await client.OpenConsoleAsync("a", write: true, "a test", DaemonHarness.Deadline);

        await console.WriteAsync("typed"u8.ToArray(), DaemonHarness.Deadline);
        byte[] typed = new byte[5];
        await guest.ReadExactlyAsync(typed, DaemonHarness.Deadline);
        await guest.WriteAsync("printed"u8.ToArray(), DaemonHarness.Deadline);
        string printed = await ReadAsync(console, 7);
        await daemon.Engine.StopAsync("a", force: true, DaemonHarness.Deadline);
        int end = await console.ReadAsync(new byte[10], DaemonHarness.Deadline);

        Assert.Equal(("typed", "printed", 0, "vm_stopping"), (Encoding.UTF8.GetString(typed), printed, end, console.EndReason));
    }

    [Fact]
    public async Task OpenConsoleAsync_SomebodyTypes_IsAConflictThatTellsWho()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        await using ViperConsole first = await client.OpenConsoleAsync("a", write: true, "ann", DaemonHarness.Deadline);

        ViperApiException refused = await Assert.ThrowsAsync<ViperApiException>(
            () => client.OpenConsoleAsync("a", write: true, "bob", DaemonHarness.Deadline));
        await using ViperConsole viewer = await client.OpenConsoleAsync("a", write: false, null, DaemonHarness.Deadline);

        Assert.Equal(ProblemCodes.ConsoleTaken, refused.Code);
        Assert.Contains("ann", refused.Problem.Detail);
    }

    [Fact]
    public async Task DisposeAsync_Writer_FreesTheRightToType()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        await using (await client.OpenConsoleAsync("a", write: true, null, DaemonHarness.Deadline))
        {
        }

        while (true)
        {
            try
            {
                await using ViperConsole next = await client.OpenConsoleAsync("a", write: true, null, DaemonHarness.Deadline);
                break;
            }
            catch (ViperApiException taken) when (taken.Code == ProblemCodes.ConsoleTaken)
            {
                DaemonHarness.Deadline.ThrowIfCancellationRequested();
            }
        }
    }

    [Fact]
    public async Task ReadAsync_SlowReader_IsToldHowMuchWasLost()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        await using ViperConsole console = await client.OpenConsoleAsync("a", write: false, null, DaemonHarness.Deadline);
        Stream guest = daemon.Engine.GuestSerial("a");
        byte[] much = new byte[64 * 1024 * 1024];
        await guest.WriteAsync(much, DaemonHarness.Deadline);
        byte[] small = new byte[10];

        while (console.BytesLost == 0)
        {
            Assert.NotEqual(0, await console.ReadAsync(small, DaemonHarness.Deadline));
        }

        Assert.InRange(console.BytesLost, 1, much.Length);
    }

    private static async Task<string> ReadAsync(ViperConsole console, int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            read += await console.ReadAsync(bytes.AsMemory(read), DaemonHarness.Deadline);
        }

        return Encoding.UTF8.GetString(bytes);
    }
}
