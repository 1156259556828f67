using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>Recorded requests out of order, and with bytes changed: the stand-in neither ends nor hangs but where the program does.</summary>
public sealed class SequenceTests
{
    private const int StepCount = 400;
    private const int MutationCount = 600;

    private static readonly TimeSpan s_vhostUserWait = TimeSpan.FromMilliseconds(5);

    // While a migration is awaited, no other request is answered.
    private static readonly Exchange[] s_requests = [.. Recording.All.Where(exchange => exchange.Operation != "vm.receive-migration")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Answers_Shuffled_AreOfTheFewKindsThatThereAre(int seed)
    {
        Random random = new(seed);
        using RecordedPlaces places = new();
        StandInVmm vmm = New(places);
        try
        {
            for (int step = 0; step < StepCount; step++)
            {
                Exchange exchange = s_requests[random.Next(s_requests.Length)];
                (byte[] head, byte[] body) = RecordedRequest.Bytes(exchange, places);
                using RawClient client = new(Socket(places));
                await client.SendAsync([.. head, .. body]);
                RawAnswer? answer = await client.ReadAsync();
                if (answer is null || MayEnd(exchange, answer))
                {
                    AssertMayEnd(exchange, await vmm.Ended.WaitAsync(TestContext.Current.CancellationToken));
                    vmm = New(places);
                    continue;
                }

                Assert.NotNull(answer);
                Assert.True(answer.Status is 100 or 200 or 204 or 400 or 404 or 429 or 500, $"seed {seed}, step {step}, {exchange}: {answer}");
                Assert.False(answer.Body.Contains(StandInVmm.OwnFault, StringComparison.Ordinal), $"seed {seed}, step {step}, {exchange}: {answer}");
            }
        }
        finally
        {
            await vmm.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Requests_Mutated_LeaveAStandInThatAnswers(int seed)
    {
        Random random = new(seed);
        using RecordedPlaces places = new();
        StandInVmm vmm = New(places);
        try
        {
            for (int step = 0; step < MutationCount; step++)
            {
                Exchange exchange = s_requests[random.Next(s_requests.Length)];
                (byte[] head, byte[] body) = RecordedRequest.Bytes(exchange, places);
                byte[] bytes = Mutate(random, [.. head, .. body]);
                string text;
                using (RawClient client = new(Socket(places)))
                {
                    await TrySendAsync(client, bytes);
                    text = await client.FinishAsync();
                }

                Assert.False(text.Contains(StandInVmm.OwnFault, StringComparison.Ordinal), $"seed {seed}, step {step}, {exchange}: {text}");
                if (await EndsAsync(vmm, places))
                {
                    Assert.True(await vmm.Ended is 0 or 1, $"seed {seed}, step {step}, {exchange}");
                    await vmm.DisposeAsync();
                    vmm = New(places);
                }
            }
        }
        finally
        {
            await vmm.DisposeAsync();
        }
    }

    private static string Socket(RecordedPlaces places) => $"{places.Run}/api.sock";

    private static StandInVmm New(RecordedPlaces places) => new(new StandInOptions
    {
        ApiSocketPath = Socket(places),
        VhostUserWait = s_vhostUserWait,
        NoShutdown = true,
        Faults = [new StandInFault("vm.power-button", StandInFaultKind.Ignore)],
    });

    private static bool MayEnd(Exchange exchange, RawAnswer answer) =>
        (exchange.Operation == "vmm.shutdown" && answer.Status == 200)
        || answer.Body.Contains("receiving on a closed channel", StringComparison.Ordinal);

    // The program ends when it is told to, and when a port has neither file nor socket.
    private static void AssertMayEnd(Exchange exchange, int exitCode)
    {
        bool isPanic = exchange.Operation == "vm.create" && exchange.Status == 500;
        Assert.True(isPanic || exchange.Operation == "vmm.shutdown", exchange.ToString());
        Assert.Equal(isPanic ? 1 : 0, exitCode);
    }

    private static async Task<bool> EndsAsync(StandInVmm vmm, RecordedPlaces places)
    {
        try
        {
            using RawClient client = new(Socket(places));
            await client.SendAsync("GET /api/v1/vmm.ping HTTP/1.1\r\n\r\n"u8.ToArray());
            if (await client.ReadAsync() is { Status: 200 })
            {
                return false;
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Nobody listens: it ends, or has.
        }

        await vmm.Ended.WaitAsync(TestContext.Current.CancellationToken);
        return true;
    }

    private static async Task TrySendAsync(RawClient client, byte[] bytes)
    {
        try
        {
            await client.SendAsync(bytes);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // It ended before it had read all.
        }
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        List<byte> changed = [.. bytes];
        for (int count = random.Next(1, 6); count > 0 && changed.Count > 1; count--)
        {
            int place = random.Next(changed.Count);
            switch (random.Next(4))
            {
                case 0:
                    changed[place] = (byte)random.Next(256);
                    break;
                case 1:
                    changed.RemoveAt(place);
                    break;
                case 2:
                    changed.Insert(place, (byte)random.Next(256));
                    break;
                default:
                    changed.RemoveRange(place, Math.Min(random.Next(20), changed.Count - place));
                    break;
            }
        }

        return [.. changed];
    }
}
