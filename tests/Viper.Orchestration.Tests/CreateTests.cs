using System.Net;
using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests;

public sealed class CreateTests
{
    [Fact]
    public async Task Create_OfAFreshName_AnswersStartingWithTheLowestAddress()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;

        Vm vm = await fixture.CreateAsync("a");

        Assert.Equal(VmStatus.Starting, vm.Status);
        Assert.Equal("192.168.127.2", vm.IpAddress);
        Assert.Equal(VmLimits.DefaultCpuCores, vm.CpuCores);
        Assert.Equal(VmLimits.DefaultMemoryMb, vm.MemoryMb);
    }

    [Fact]
    public async Task Create_UntilReady_SendsCreatedRunningReadyInOrder()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();

        Vm vm = await fixture.CreateReadyAsync("a");
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Ready, "a");

        Assert.Equal([VmEventTypes.Created, VmEventTypes.Running, VmEventTypes.Ready], events.Select(static e => e.Type));
        Assert.Equal([VmStatus.Creating, VmStatus.Starting, VmStatus.Running], events.Select(static e => e.Vm.Status));
        Assert.Equal([1, 2, 3], events.Select(static e => (int)e.Seq));
        Assert.Equal((VmStatus.Running, VmPhase.Ready), (vm.Status, vm.Phase));
        Assert.Equal("HeadlessChrome/1", vm.Browser?.Product);
        VmReadyData data = events[2].Data.Deserialize(ViperJson.Default.VmReadyData)!;
        Assert.Equal(["lease_ip", "network", "spawn", "boot", "agent_ready", "browser_ready"], data.Timeline.Select(static s => s.Step));
        Assert.Equal(20, data.GuestMs["browser_ready"]);
    }

    [Fact]
    public async Task Create_OfAVm_GivesTheVmmWhatItNeeds()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { DnsServers = [IPAddress.Parse("203.0.113.53")] });

        Vm vm = await fixture.CreateReadyAsync("a");
        ScriptedMachine machine = fixture.Hypervisor.Machines["a"];

        Assert.Contains("ip=192.168.127.2::192.168.127.1:255.255.255.0:a:eth0:off:192.168.127.1 ", machine.Spec.CommandLine, StringComparison.Ordinal);
        Assert.Equal(vm.MacAddress, Assert.Single(machine.Spec.Nics).MacAddress);
        Assert.Equal("/root.erofs", Assert.Single(machine.Spec.Disks).Path);
        Assert.StartsWith("02:", vm.MacAddress, StringComparison.Ordinal);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(machine.Spec.InitramfsPath!));
        AgentAddress agent = fixture.Engine.GetAgent("a");
        Assert.Equal("192.168.127.2:8765", agent.EndPoint.ToString());
        Assert.Equal(64, agent.Token.Length);
        Assert.DoesNotContain(agent.Token, machine.Spec.CommandLine, StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Token, agent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OfATakenName_IsAConflictAndChangesNothing()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("a"));

        Assert.Equal((ProblemCodes.VmExists, 409), (refused.Code, refused.Problem.Status));
        Assert.Equal(VmStatus.Running, fixture.Engine.Get("a").Status);
        Assert.Single(fixture.Network.Taps);
    }

    public static TheoryData<CreateVmRequest, string> OutOfBounds => new()
    {
        { new CreateVmRequest { Name = "Bad_Name" }, "#/name" },
        { new CreateVmRequest { Name = "" }, "#/name" },
        { new CreateVmRequest { Name = "../x" }, "#/name" },
        { new CreateVmRequest { Name = "a", CpuCores = 0 }, "#/cpu_cores" },
        { new CreateVmRequest { Name = "a", CpuCores = 10_000 }, "#/cpu_cores" },
        { new CreateVmRequest { Name = "a", MemoryMb = 1 }, "#/memory_mb" },
        { new CreateVmRequest { Name = "a", MemoryMb = 600 }, "#/memory_mb" },
        { new CreateVmRequest { Name = "a", KernelCmdline = "x\ny" }, "#/kernel_cmdline" },
    };

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public async Task Create_OutOfBounds_IsRefusedAndLeavesNothing(CreateVmRequest request, string pointer)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.CreateAsync(request, CancellationToken.None));

        Assert.Equal((ProblemCodes.ValidationFailed, 400), (refused.Code, refused.Problem.Status));
        Assert.Equal(pointer, Assert.Single(refused.Problem.Errors!).Pointer);
        AssertNothingHappened(fixture);
    }

    [Fact]
    public async Task Create_OfAnUnknownImage_IsRefusedAndLeavesNothing()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();

        EngineException refused = await Assert.ThrowsAsync<EngineException>(
            () => fixture.Engine.CreateAsync(new CreateVmRequest { Name = "a", Image = "other" }, CancellationToken.None));

        Assert.Equal((ProblemCodes.ImageNotFound, 422), (refused.Code, refused.Problem.Status));
        AssertNothingHappened(fixture);
    }

    [Fact]
    public async Task Create_WithoutAVmm_IsRefusedAndLeavesNothing()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Missing = EngineProblems.HostNotReady("No QEMU.");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("a"));

        Assert.Equal((ProblemCodes.HostNotReady, 503), (refused.Code, refused.Problem.Status));
        Assert.Equal(["No QEMU."], fixture.Engine.GetStatus().Problems);
        AssertNothingHappened(fixture);
    }

    [Fact]
    public async Task Create_WithoutANetwork_IsRefusedAndLeavesNothing()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Network.NotReady = EngineProblems.HostNotReady("No bridge.");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("a"));

        Assert.Equal(ProblemCodes.HostNotReady, refused.Code);
        AssertNothingHappened(fixture);
    }

    [Fact]
    public async Task Create_OnAFullPool_SaysLimitAndRunning()
    {
        // A /30 has two hosts, one of them the host's own address.
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { Subnet = IPNetwork.Parse("192.168.127.0/30") });
        await fixture.CreateReadyAsync("a");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("b"));

        Assert.Equal((ProblemCodes.CapacityExhausted, 429), (refused.Code, refused.Problem.Status));
        Assert.Equal((1, 1), (refused.Problem.Limit, refused.Problem.Running));
        Assert.Equal(["a"], fixture.Engine.List(null, null, null, 10).Select(static v => v.Name));
    }

    [Fact]
    public async Task Create_OfManyAtOnce_LeasesTheLowestAddressesOnce()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();

        Vm[] vms = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => fixture.CreateReadyAsync($"vm-{i}")));

        Assert.Equal(
            Enumerable.Range(2, 24).Select(EngineFixture.Address).Order(StringComparer.Ordinal),
            vms.Select(static v => v.IpAddress).Order(StringComparer.Ordinal));
        Assert.Equal(24, fixture.Network.Taps.Count);
    }

    [Fact]
    public async Task Create_OfOneNameByMany_SucceedsOnce()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();

        bool[] won = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            try
            {
                await fixture.CreateAsync("a");
                return true;
            }
            catch (EngineException e) when (e.Code == ProblemCodes.VmExists)
            {
                return false;
            }
        }));

        Assert.Single(won, static w => w);
        Assert.Equal(1, fixture.Engine.GetStatus().PoolLeased);
    }

    private static void AssertNothingHappened(EngineFixture fixture)
    {
        fixture.AssertNothingLeft();
        Assert.Empty(fixture.Engine.List(null, null, null, 10));
        SystemStatus status = fixture.Engine.GetStatus();
        Assert.Equal((0, 0L), (status.PoolLeased, status.LastSeq));
    }
}
