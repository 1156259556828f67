using Viper.Contracts;
using Viper.Hypervisor;

namespace Viper.Orchestration.Tests.Admission;

public sealed class AdmissionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(VmResources.Vms, 2, 2)]
    [InlineData(VmResources.OwnerVms, 2, 2)]
    [InlineData(VmResources.CpuCores, 4, 2)]
    [InlineData(VmResources.MemoryMb, 3000, 2)]
    [InlineData(VmResources.DiskMb, 150, 2)]
    public async Task Create_WithoutAPlace_SaysLimitRunningAndQueued(string resource, int limit, int running)
    {
        await using EngineFixture fixture = await OpenAsync(l => l with
        {
            MaxVms = resource == VmResources.Vms ? 2 : 0,
            MaxVmsPerOwner = resource == VmResources.OwnerVms ? 2 : 0,
            CpuOvercommit = resource == VmResources.CpuCores ? 2 : 0,
            MemoryOvercommit = resource == VmResources.MemoryMb ? 1.5 : 0,
            DiskOvercommit = resource == VmResources.DiskMb ? 0.15 : 0,
            HostCpus = 2,
            HostMemoryMb = 2000,
            HostDiskMb = 1000,
        });
        await fixture.CreateReadyAsync("a");
        await fixture.CreateReadyAsync("b");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("c"));

        Problem problem = refused.Problem;
        Assert.Equal((429, ProblemCodes.CapacityExhausted, resource, true), (problem.Status, problem.Code, problem.Resource, problem.Retryable));
        Assert.Equal((limit, running, 0), (problem.Limit, problem.Running, problem.Queued));
        Assert.Equal(2, fixture.Engine.GetStatus().PoolLeased);
    }

    [Fact]
    public async Task Create_LargerThanTheHost_IsNotToBeRepeated()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { CpuOvercommit = 1, HostCpus = 1 });

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => CreateAsync(fixture, "a", queueWait: 60));

        Assert.Equal((429, false), (refused.Problem.Status, refused.Problem.Retryable));
    }

    [Fact]
    public async Task Create_OnAHostThatIsFull_IsOverloaded()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MinFreeMemoryMb = int.MaxValue });

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("a"));

        Assert.Equal((503, ProblemCodes.HostOverloaded, 0, 0), (refused.Problem.Status, refused.Code, refused.Problem.Running, refused.Problem.Queued));
    }

    [Fact]
    public async Task GetStopDeleteAndRestart_WithoutAPlace_AreNeverRefused()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MaxVms = 2 });
        await fixture.CreateReadyAsync("a");
        await fixture.CreateReadyAsync("b");

        await fixture.Engine.RestartAsync("a", force: true, Cancel);
        await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);
        Assert.NotNull(fixture.Engine.GetAgent("a"));
        Assert.Equal(VmStatus.Running, (await fixture.Engine.StartAsync("b", Cancel)).Status);
        await fixture.Engine.PauseAsync("b", Cancel);
        await fixture.Engine.ResumeAsync("b", Cancel);
        await fixture.Engine.StopAsync("a", force: true, Cancel);
        await fixture.Engine.DeleteAsync("b", Cancel);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("delete")]
    [InlineData("crash")]
    [InlineData("failed start")]
    [InlineData("taken name")]
    public async Task Place_OfAVmThatEnded_IsFreeAgain(string end)
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MaxVms = 2 });
        await fixture.CreateReadyAsync("a");
        switch (end)
        {
            case "stop":
                await fixture.CreateReadyAsync("b");
                await fixture.Engine.StopAsync("b", force: true, Cancel);
                break;
            case "delete":
                await fixture.CreateReadyAsync("b");
                await fixture.Engine.DeleteAsync("b", Cancel);
                break;
            case "crash":
                await fixture.CreateReadyAsync("b");
                fixture.Hypervisor.Machines["b"].End(MachineExitCause.Signalled, signal: 9);
                await fixture.Engine.WaitStoppedAsync("b", EngineFixture.Patience, Cancel);
                break;
            case "failed start":
                fixture.Network.AttachFailure = new IOException("no tap");
                await fixture.CreateAsync("b");
                await fixture.Engine.WaitStoppedAsync("b", EngineFixture.Patience, Cancel);
                fixture.Network.AttachFailure = null;
                break;
            default:
                await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("a"));
                break;
        }

        await fixture.CreateReadyAsync("c");

        EngineException full = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("d"));
        Assert.Equal(2, full.Problem.Running);
        Assert.Equal((2, 0), (fixture.Engine.GetLimits().Running, fixture.Engine.GetLimits().Queued));
    }

    [Fact]
    public async Task Start_WithoutAPlace_IsRefusedAndLaterNot()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MaxVms = 1 });
        await fixture.CreateReadyAsync("a");
        await fixture.Engine.StopAsync("a", force: true, Cancel);
        await fixture.CreateReadyAsync("b");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.StartAsync("a", Cancel));
        await fixture.Engine.DeleteAsync("b", Cancel);
        await fixture.Engine.StartAsync("a", Cancel);

        Assert.Equal(ProblemCodes.CapacityExhausted, refused.Code);
        Assert.Equal(1, fixture.Engine.GetLimits().Running);
    }

    [Fact]
    public async Task Queue_OfTwoOwners_IsServedInTurn()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MaxVms = 1 });
        await fixture.CreateReadyAsync("first");
        string[] order = ["x1", "x2", "x3", "y1"];
        List<Task<Vm>> waiting = [];
        foreach (string name in order)
        {
            waiting.Add(CreateAsync(fixture, name, owner: name[..1], queueWait: 3600));
        }

        Assert.Equal(4, fixture.Engine.GetLimits().Queued);
        List<string> served = [];
        string up = "first";
        while (waiting.Count > 0)
        {
            await fixture.Engine.DeleteAsync(up, Cancel);
            Task<Vm> next = await Task.WhenAny(waiting).WaitAsync(EngineFixture.Patience, Cancel);
            waiting.Remove(next);
            up = (await next).Name;
            served.Add(up);
        }

        Assert.Equal(["x1", "y1", "x2", "x3"], served);
    }

    [Fact]
    public async Task Queue_OnlyItsOwnQuotaInTheWay_HoldsNobodyElseBack()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MaxVmsPerOwner = 1 });
        await CreateAsync(fixture, "x1", owner: "x");
        Task<Vm> second = CreateAsync(fixture, "x2", owner: "x", queueWait: 3600);

        await CreateAsync(fixture, "y1", owner: "y");

        Assert.False(second.IsCompleted);
        await fixture.Engine.DeleteAsync("x1", Cancel);
        Assert.Equal("x2", (await second.WaitAsync(EngineFixture.Patience, Cancel)).Name);
    }

    [Fact]
    public async Task Queue_WithALargeVmAtItsHead_IsNotOvertakenBySmallOnes()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { CpuOvercommit = 1, HostCpus = 4 });
        await CreateAsync(fixture, "a", cpus: 3);
        Task<Vm> large = CreateAsync(fixture, "large", cpus: 4, queueWait: 3600);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => CreateAsync(fixture, "small", cpus: 1));
        await fixture.Engine.DeleteAsync("a", Cancel);

        Assert.Equal((1, (string?)null), (refused.Problem.Queued, refused.Problem.Resource));
        Assert.Equal("large", (await large.WaitAsync(EngineFixture.Patience, Cancel)).Name);
    }

    [Fact]
    public async Task Queue_ThatIsFull_RefusesAtOnce()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MaxVms = 1, QueueLength = 1 });
        await fixture.CreateReadyAsync("a");
        using CancellationTokenSource leave = new();
        Task<Vm> waiting = CreateAsync(fixture, "b", queueWait: 3600, cancellationToken: leave.Token);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => CreateAsync(fixture, "c", queueWait: 3600));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        Assert.Equal((1, 1, 1), (refused.Problem.Limit, refused.Problem.Running, refused.Problem.Queued));
        Assert.Equal(0, fixture.Engine.GetLimits().Queued);
    }

    [Fact]
    public async Task Queue_PastTheDeadline_Refuses()
    {
        await using EngineFixture fixture = await OpenAsync(static l => l with { MaxVms = 1, QueueTimeout = TimeSpan.FromMilliseconds(50) });
        await fixture.CreateReadyAsync("a");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => CreateAsync(fixture, "b", queueWait: 3600));

        Assert.Equal((429, 1, 1, 0), (refused.Problem.Status, refused.Problem.Limit, refused.Problem.Running, refused.Problem.Queued));
        Assert.Contains("within 0.1 s", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_OfAnEngineThatCloses_IsToldSo()
    {
        EngineFixture fixture = await OpenAsync(static l => l with { MaxVms = 1 });
        await fixture.CreateReadyAsync("a");
        Task<Vm> waiting = CreateAsync(fixture, "b", queueWait: 3600);

        await fixture.DisposeAsync();

        Assert.Equal(ProblemCodes.ShuttingDown, (await Assert.ThrowsAsync<EngineException>(() => waiting)).Code);
    }

    private static Task<EngineFixture> OpenAsync(Func<EngineLimits, EngineLimits> change) =>
        EngineFixture.OpenAsync(s => s with { Limits = change(s.Limits with { MinFreeDiskMb = 0, MinFreeMemoryMb = 0 }) });

    private static Task<Vm> CreateAsync(
        EngineFixture fixture, string name, string? owner = null, int cpus = 2, int? queueWait = null, CancellationToken cancellationToken = default)
    {
        CreateVmRequest request = new()
        {
            Name = name,
            CpuCores = cpus,
            Labels = owner is null ? null : new Dictionary<string, string> { [EngineLimits.OwnerLabel] = owner },
            QueueWaitSeconds = queueWait,
        };
        return fixture.Engine.CreateAsync(request, cancellationToken);
    }
}
