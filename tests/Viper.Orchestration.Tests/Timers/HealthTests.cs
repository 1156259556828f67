using Viper.Contracts;
using Viper.Orchestration.Guest;

namespace Viper.Orchestration.Tests.Timers;

public sealed class HealthTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly AgentHealth s_well = new(true, "HeadlessChrome/1");

    [Fact]
    public async Task Agent_ThatDoesNotAnswer_IsToldAndNothingElseWithoutAPolicy()
    {
        await using TimedVm vm = await ReadyAsync(RestartPolicies.Never);
        vm.Fixture.Agents.Answer = static _ => null;
        await PassAsync(vm, 3);
        VmEvent unhealthy = await vm.EventAsync(VmEventTypes.Unhealthy);
        await PassAsync(vm, 2);
        vm.Fixture.Agents.Answer = static _ => s_well;
        await PassAsync(vm, 1);
        await vm.EventAsync(VmEventTypes.Healthy);

        Assert.Equal(EndCodes.Unhealthy, unhealthy.Data.GetProperty("code").GetString());
        Assert.Equal(VmStatus.Running, vm.Engine.Get("a").Status);
        Assert.Single(await vm.DeleteAsync(), VmEventTypes.Unhealthy);
    }

    [Fact]
    public async Task Agent_ThatAnswersInBetween_IsWell()
    {
        await using TimedVm vm = await ReadyAsync(RestartPolicies.OnFailure);
        for (int round = 0; round < 3; round++)
        {
            vm.Fixture.Agents.Answer = static _ => null;
            await PassAsync(vm, 2);
            vm.Fixture.Agents.Answer = static _ => s_well;
            await PassAsync(vm, 1);
        }

        Assert.DoesNotContain(VmEventTypes.Unhealthy, await vm.DeleteAsync());
    }

    [Fact]
    public async Task Agent_ThatDoesNotAnswer_IsAFailureForThePolicy()
    {
        await using TimedVm vm = await ReadyAsync(RestartPolicies.OnFailure);
        CancellationToken runEnd = vm.Engine.GetRunEnd("a");
        vm.Fixture.Agents.Answer = static _ => null;
        await PassAsync(vm, 3, endsTheRun: true);
        VmEvent crashed = await vm.EventAsync(VmEventTypes.Crashed);
        await vm.EventAsync(VmEventTypes.Restarting);

        Assert.Equal(EndCodes.Unhealthy, crashed.Data.GetProperty("code").GetString());
        Assert.True(runEnd.IsCancellationRequested);
        vm.Fixture.AssertNothingLeft();
        vm.Fixture.Agents.Answer = static _ => s_well;
        await vm.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await vm.EventAsync(VmEventTypes.Ready, 2);
        Assert.Null(vm.Engine.Get("a").StatusCode);
    }

    [Fact]
    public async Task Agent_OfAPausedVm_IsNotAsked()
    {
        await using TimedVm vm = await ReadyAsync(RestartPolicies.OnFailure);
        await vm.Engine.PauseAsync("a", CancellationToken.None);
        int asked = vm.Fixture.Agents.Asked;

        await PassAsync(vm, 5);

        Assert.Equal(asked, vm.Fixture.Agents.Asked);
        Assert.Equal(VmStatus.Paused, vm.Engine.Get("a").Status);
    }

    private static Task<TimedVm> ReadyAsync(string policy) =>
        TimedVm.ReadyAsync(new CreateVmRequest { Restart = policy }, static s => s with { HealthInterval = s_interval });

    private static async Task PassAsync(TimedVm vm, int times, bool endsTheRun = false)
    {
        for (int i = 0; i < times; i++)
        {
            await vm.Clock.PassAsync(s_interval);
            if (!endsTheRun || i < times - 1)
            {
                // The question has been answered once the next is waited for.
                await vm.Clock.AwaitedAsync(s_interval);
            }
        }
    }
}
