using System.Text;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>What goes over the socket, and what becomes of answers that are not as they should be.</summary>
public sealed class ClientTransportTests : IDisposable
{
    private const string Ping = """{"build_version":"v53.0","version":"53.0.0","pid":7,"features":["kvm"]}""";

    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_OneAfterTheOther_UseOneConnection()
    {
        using ScriptedApi api = new(_folder["s"], request => Answer(request, 200, Ping));
        await using CloudHypervisorClient client = new(_folder["s"]);

        for (int i = 0; i < 10; i++)
        {
            await client.PingAsync(Cancellation);
            await client.PauseAsync(Cancellation);
        }

        Assert.Equal((20, 1), (api.Requests.Count, api.Connections));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Requests_ManyAtOnce_OpenNoMoreConnectionsThanAllowed(int connections)
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]) { Connections = connections };

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.PingAsync(Cancellation)));

        Assert.Equal(200, vmm.Requests.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void Connections_MoreThanTheServerTakes_IsRefused(int connections) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CloudHypervisorClient("/s") { Connections = connections });

    [Fact]
    public async Task EleventhConnection_OfAllClients_IsATransientApiError()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient first = new(_folder["s"]) { Connections = 10 };
        List<System.Net.Sockets.Socket> held = [];
        for (int i = 0; i < 10; i++)
        {
            System.Net.Sockets.Socket socket = new(
                System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(_folder["s"]), Cancellation);
            held.Add(socket);
        }

        VmmApiException error = await Assert.ThrowsAsync<VmmApiException>(() => first.PauseAsync(Cancellation));

        Assert.Equal((503, true, VmmSurvival.Alive), (error.Status, error.IsTransient, error.Survival));
        held.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task PingAsync_OtherAnswer_IsNotTheOldOne()
    {
        int asked = 0;
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(200, Ping.Replace("7", $"{Interlocked.Increment(ref asked) / 2}")));
        await using CloudHypervisorClient client = new(_folder["s"]);

        Assert.Equal(0, (await client.PingAsync(Cancellation)).Pid);
        Assert.Equal(1, (await client.PingAsync(Cancellation)).Pid);
        Assert.Equal(1, (await client.PingAsync(Cancellation)).Pid);
    }

    [Fact]
    public async Task InterimAnswer_BeforeTheRealOne_IsSkipped()
    {
        using ScriptedApi api = new(_folder["s"], _ => "HTTP/1.1 100 \r\n\r\n" + ScriptedApi.Response(200, Ping));
        await using CloudHypervisorClient client = new(_folder["s"]);

        Assert.Equal(7, (await client.PingAsync(Cancellation)).Pid);
        Assert.Equal(7, (await client.PingAsync(Cancellation)).Pid);
    }

    /// <summary>A question whose answer does not come within the moment for which the kernel waits is waited for, not asked again.</summary>
    [Fact]
    public async Task PingAsync_LateAnswer_IsAskedOnce()
    {
        using ManualResetEventSlim late = new(initialState: true);
        using ScriptedApi api = new(_folder["s"], request =>
        {
            late.Wait(TimeSpan.FromMinutes(1));
            return Answer(request, 200, Ping);
        });
        await using CloudHypervisorClient client = new(_folder["s"]);
        await client.PingAsync(Cancellation);
        late.Reset();

        Task<VmmPing> ping = client.PingAsync(Cancellation);
        Assert.False(ping.IsCompleted);
        late.Set();

        Assert.Equal(7, (await ping).Pid);
        Assert.Equal((2, 1), (api.Requests.Count, api.Connections));
        Assert.Equal(7, (await client.PingAsync(Cancellation)).Pid);
        Assert.Equal((3, 1), (api.Requests.Count, api.Connections));
    }

    [Fact]
    public async Task PingAsync_CancelledWhileTheAnswerIsLate_EndsAndTheNextIsAnswered()
    {
        using ManualResetEventSlim late = new(initialState: true);
        using ScriptedApi api = new(_folder["s"], request =>
        {
            late.Wait(TimeSpan.FromMinutes(1));
            return Answer(request, 200, Ping);
        });
        await using CloudHypervisorClient client = new(_folder["s"]) { Connections = 1 };
        await client.PingAsync(Cancellation);
        late.Reset();
        using CancellationTokenSource patience = new();

        Task<VmmPing> ping = client.PingAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ping);
        late.Set();

        Assert.Equal(7, (await client.PingAsync(Cancellation)).Pid);
    }

    [Fact]
    public async Task InterimAnswers_WithoutEnd_AreAConnectionError()
    {
        using ScriptedApi api = new(_folder["s"], _ => string.Concat(Enumerable.Repeat("HTTP/1.1 100 \r\n\r\n", 9)));
        await using CloudHypervisorClient client = new(_folder["s"]);

        await Assert.ThrowsAsync<VmmConnectionException>(() => client.PauseAsync(Cancellation));
    }

    [Fact]
    public async Task Answer_OneByteAfterTheOther_IsRead()
    {
        // The server sends the whole; the reader is given every beginning of it by its own test. Here the answer is long.
        string name = new('n', 300_000);
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(200, Ping.Replace("kvm", name)));
        await using CloudHypervisorClient client = new(_folder["s"]);

        Assert.Equal(name, Assert.Single((await client.PingAsync(Cancellation)).Features!));
        Assert.Equal(name, Assert.Single((await client.PingAsync(Cancellation)).Features!));
        Assert.Equal(1, api.Connections);
    }

    [Fact]
    public async Task Answer_CutAtEveryLength_IsAConnectionErrorThatSaysAlive()
    {
        string whole = ScriptedApi.Response(200, Ping);
        for (int length = 0; length < whole.Length; length += 7)
        {
            string path = _folder["cut" + length];
            int asked = 0;

            // The first request gets the cut answer and the end of the connection; the probe after it gets a whole one.
            using ScriptedServer api = new(path, _ => Interlocked.Increment(ref asked) == 1 ? whole[..length] : whole);
            await using CloudHypervisorClient client = new(path);

            VmmConnectionException error = await Assert.ThrowsAsync<VmmConnectionException>(() => client.PingAsync(Cancellation));

            Assert.Equal(VmmSurvival.Alive, error.Survival);
        }
    }

    [Fact]
    public async Task Answer_Mutated_IsATypedErrorOrAnAnswer()
    {
        Random random = new(11);
        byte[] whole = Encoding.UTF8.GetBytes(ScriptedApi.Response(200, Ping));
        using ScriptedServer api = new(_folder["s"], _ =>
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(128);
            return Encoding.UTF8.GetString(bytes);
        });
        await using CloudHypervisorClient client = new(_folder["s"]) { RequestLimit = TimeSpan.FromSeconds(20) };
        for (int i = 0; i < 300; i++)
        {
            try
            {
                await client.PingAsync(Cancellation);
            }
            catch (HypervisorException e)
            {
                Assert.True(e is VmmApiException or VmmConnectionException, e.ToString());
            }
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":null}""")]
    [InlineData("""{"version":"53","pid":"x"}""")]
    [InlineData("{\"version\":\"53\"")]
    public async Task Body_NotWhatWasExpected_IsAConnectionErrorThatSaysAlive(string body)
    {
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(200, body));
        await using CloudHypervisorClient client = new(_folder["s"]);

        VmmConnectionException error = await Assert.ThrowsAsync<VmmConnectionException>(() => client.PingAsync(Cancellation));

        Assert.Equal(VmmSurvival.Alive, error.Survival);
    }

    [Fact]
    public async Task VmmThreadHasPanicked_AnswerSaysClosedChannel_IsGone()
    {
        const string Body = """["Error from API","API response receive error","receiving on a closed channel"]""";
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(500, Body));
        await using CloudHypervisorClient client = new(_folder["s"]);

        VmmApiException error = await Assert.ThrowsAsync<VmmApiException>(() => client.BootAsync(Cancellation));

        Assert.Equal((500, VmmSurvival.Gone), (error.Status, error.Survival));
        Assert.Equal("receiving on a closed channel", error.Causes[^1]);
    }

    [Theory]
    [InlineData(StandInFaultKind.Panic, VmmSurvival.Gone)]
    [InlineData(StandInFaultKind.PanicAfter, VmmSurvival.Gone)]
    [InlineData(StandInFaultKind.Close, VmmSurvival.Alive)]
    [InlineData(StandInFaultKind.Garbage, VmmSurvival.Alive)]
    public async Task BootAsync_NoUsableAnswer_SaysWhetherTheVmmSurvived(StandInFaultKind fault, VmmSurvival survival)
    {
        await using StandInVmm vmm = new(_folder["s"], "vm.boot", fault);
        await using CloudHypervisorClient client = new(_folder["s"]);
        await client.CreateAsync(new VmConfig(), Cancellation);

        Exception error = await Assert.ThrowsAnyAsync<HypervisorException>(() => client.BootAsync(Cancellation));

        Assert.Equal(survival, error is VmmApiException refused ? refused.Survival : ((VmmConnectionException)error).Survival);
    }

    [Fact]
    public async Task Hang_AnyRequest_EndsByItsOwnLimitAsUnresponsive()
    {
        using ScriptedServer api = new(_folder["s"], _ => null, hang: true);
        await using CloudHypervisorClient client = new(_folder["s"])
        {
            Limits = new VmmRequestLimits { Change = TimeSpan.FromMilliseconds(50), Query = TimeSpan.FromMilliseconds(60) },
        };

        VmmConnectionException change = await Assert.ThrowsAsync<VmmConnectionException>(() => client.PauseAsync(Cancellation));
        VmmConnectionException query = await Assert.ThrowsAsync<VmmConnectionException>(() => client.InfoAsync(Cancellation));

        Assert.Equal((VmmSurvival.Unresponsive, VmmSurvival.Unresponsive), (change.Survival, query.Survival));
        Assert.Contains("0.05 s", change.Message);
        Assert.Contains("0.06 s", query.Message);
    }

    [Fact]
    public async Task Query_BehindALongerRequest_HasThatOnesTime()
    {
        TaskCompletionSource booting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using SemaphoreSlim release = new(0);
        using ScriptedApi api = new(_folder["s"], request =>
        {
            if (request.Contains("vm.boot"))
            {
                booting.SetResult();
                release.Wait(Cancellation);
            }

            return Answer(request, 200, Ping);
        });
        await using CloudHypervisorClient client = new(_folder["s"])
        {
            Limits = new VmmRequestLimits { Query = TimeSpan.Zero, Boot = TimeSpan.FromMinutes(1) },
        };
        Task boot = client.BootAsync(Cancellation);
        await booting.Task.WaitAsync(Cancellation);

        Assert.Equal("53.0.0", (await client.PingAsync(Cancellation)).Version);

        release.Release();
        await boot;
    }

    [Fact]
    public async Task ReceiveMigration_OtherRequests_EndByTheirLimitAndSayWhy()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]) { Limits = new VmmRequestLimits { Query = TimeSpan.FromMilliseconds(100) } };
        using CancellationTokenSource giveUp = new();
        Task receiving = client.ReceiveMigrationAsync(new ReceiveMigrationData { ReceiverUrl = "unix:" + _folder["m"] }, giveUp.Token);
        while (!vmm.IsReceiving)
        {
            await Task.Yield();
        }

        VmmConnectionException error = await Assert.ThrowsAsync<VmmConnectionException>(() => client.PingAsync(Cancellation));

        Assert.Contains("vm.receive-migration", error.Message);
        Assert.Equal(VmmSurvival.Unresponsive, error.Survival);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
    }

    [Fact]
    public async Task NobodyListens_AnyRequest_SaysGone()
    {
        await using CloudHypervisorClient client = new(_folder["none"]);

        Assert.Equal(VmmSurvival.Gone, (await Assert.ThrowsAsync<VmmConnectionException>(() => client.PingAsync(Cancellation))).Survival);
    }

    [Theory]
    [InlineData(ConsoleMode.File)]
    [InlineData(ConsoleMode.Socket)]
    public async Task CreateAsync_ConsoleWithoutItsPath_IsRefusedBeforeItCrashesTheVmm(ConsoleMode mode)
    {
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(204));
        await using CloudHypervisorClient client = new(_folder["s"]);

        await Assert.ThrowsAsync<ArgumentException>(() => client.CreateAsync(new VmConfig { Serial = new SerialConfig { Mode = mode } }, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => client.CreateAsync(new VmConfig { Console = new ConsoleConfig { Mode = mode } }, Cancellation));

        Assert.Empty(api.Requests);
    }

    [Fact]
    public async Task AddDiskAsync_ColdPlug_AnswersNull()
    {
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(204));
        await using CloudHypervisorClient client = new(_folder["s"]);

        Assert.Null(await client.AddDiskAsync(new DiskConfig { Path = "/d" }, Cancellation));
    }

    [Fact]
    public async Task CountersAsync_LargestNumber_IsKept()
    {
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(200, """{"root":{"read_latency_min":18446744073709551615}}"""));
        await using CloudHypervisorClient client = new(_folder["s"]);

        Assert.Equal(ulong.MaxValue, (await client.CountersAsync(Cancellation)).Devices["root"]["read_latency_min"]);
    }

    private static string Answer(string request, int status, string body) =>
        request.StartsWith("GET", StringComparison.Ordinal) ? ScriptedApi.Response(status, body) : ScriptedApi.Response(204);
}
