using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests;

/// <summary>The disk under the database is full, or someone holds it: VMs end all the same and leave nothing.</summary>
public sealed class StorageFailureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vmm_EndingWhileNothingCanBeStored_IsShownAndReleased()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        using (HeldDatabase.Take(fixture))
        {
            fixture.Hypervisor.Machines["a"].End(MachineExitCause.Signalled, signal: 9);

            Vm vm = await fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, Cancel);
            Assert.Equal((VmStatus.Crashed, (int?)null), (vm.Status, vm.Pid));
            fixture.AssertNothingLeft();
        }

        await fixture.Engine.DeleteAsync("a", Cancel);
        Assert.Equal(0, fixture.Engine.GetStatus().PoolLeased);
    }

    [Fact]
    public async Task StopAndDelete_WhileNothingCanBeStored_ReleaseAndSaySo()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        await fixture.CreateReadyAsync("b");
        using (HeldDatabase.Take(fixture))
        {
            Vm vm = await fixture.Engine.StopAsync("a", force: true, Cancel);
            EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.DeleteAsync("b", Cancel));
            EngineException created = await Assert.ThrowsAsync<EngineException>(() => fixture.CreateAsync("c"));

            Assert.Equal(VmStatus.Stopped, vm.Status);
            Assert.Equal((ProblemCodes.StorageFailed, 503), (refused.Code, refused.Problem.Status));
            Assert.Equal(ProblemCodes.StorageFailed, created.Code);
            fixture.AssertNothingLeft();
        }

        await fixture.Engine.DeleteAsync("b", Cancel);
        await fixture.Engine.DeleteAsync("a", Cancel);
        Assert.Equal(0, fixture.Engine.GetStatus().PoolLeased);
    }

    [Fact]
    public async Task Open_WhileNothingCanBeStored_IsATypedErrorAndWorksLater()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.Engine.DisposeAsync();
        using (HeldDatabase.Take(fixture))
        {
            EngineException refused = await Assert.ThrowsAsync<EngineException>(fixture.ReopenAsync);
            Assert.Equal(ProblemCodes.StorageFailed, refused.Code);
        }

        await fixture.ReopenAsync();
        await fixture.CreateReadyAsync("a");
    }
}
