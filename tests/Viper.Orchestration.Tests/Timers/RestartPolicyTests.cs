using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Timers;

namespace Viper.Orchestration.Tests.Timers;

public sealed class RestartPolicyTests
{
    private static readonly CreateVmRequest s_onFailure = new() { Restart = RestartPolicies.OnFailure };

    [Theory]
    [InlineData(RestartPolicies.Never, "crash", false)]
    [InlineData(RestartPolicies.Never, "power-off", false)]
    [InlineData(RestartPolicies.OnFailure, "crash", true)]
    [InlineData(RestartPolicies.OnFailure, "power-off", false)]
    [InlineData(RestartPolicies.OnFailure, "stop", false)]
    [InlineData(RestartPolicies.Always, "crash", true)]
    [InlineData(RestartPolicies.Always, "power-off", true)]
    [InlineData(RestartPolicies.Always, "stop", false)]
    [InlineData(RestartPolicies.Always, "lifetime", false)]
    public async Task Run_ThatEnded_IsFollowedByAnotherIfThePolicySaysSo(string policy, string end, bool isRestarted)
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { Restart = policy, MaxLifetimeSeconds = 600 });
        switch (end)
        {
            case "stop":
                await vm.Engine.StopAsync("a", force: false, CancellationToken.None);
                break;
            case "lifetime":
                await vm.Clock.PassAsync(TimeSpan.FromMinutes(9));
                await vm.Clock.PassAsync(TimeSpan.FromMinutes(1));
                await vm.EventAsync(VmEventTypes.Stopped);
                break;
            default:
                vm.Machine.End(end == "crash" ? MachineExitCause.Signalled : MachineExitCause.GuestPowerOff);
                await vm.EventAsync(end == "crash" ? VmEventTypes.Crashed : VmEventTypes.Stopped);
                break;
        }

        if (isRestarted)
        {
            await vm.EventAsync(VmEventTypes.Restarting);
            await vm.Clock.PassAsync(TimeSpan.FromSeconds(1));
            await vm.EventAsync(VmEventTypes.Ready, 2);
        }

        Assert.Equal(isRestarted, (await vm.DeleteAsync()).Contains(VmEventTypes.Restarting));
        vm.Fixture.AssertNothingLeft();
    }

    [Fact]
    public async Task Attempts_WaitLongerEachTime_UntilTheVmWasSteady()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(s_onFailure);
        foreach ((int attempt, int delay) in new[] { (1, 1), (2, 2), (3, 4) })
        {
            await CrashAndRestartAsync(vm, attempt, delay, attempt);
        }

        vm.Clock.Advance(vm.Fixture.Settings.RestartSteady);

        await CrashAndRestartAsync(vm, 1, 1, 4);
    }

    [Fact]
    public async Task Attempt_ThatFails_IsFollowedByAnother()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(s_onFailure);
        vm.Machine.End(MachineExitCause.VmmFailed);
        await vm.EventAsync(VmEventTypes.Restarting);
        vm.Fixture.Network.AttachFailure = new IOException("the bridge is gone");

        await vm.Clock.PassAsync(TimeSpan.FromSeconds(1));

        VmEvent second = await vm.EventAsync(VmEventTypes.Restarting, 2);
        Assert.Contains("the bridge is gone", second.Data.GetProperty("reason").GetString(), StringComparison.Ordinal);
        vm.Fixture.Network.AttachFailure = null;
        await vm.Clock.PassAsync(TimeSpan.FromSeconds(2));
        await vm.EventAsync(VmEventTypes.Ready, 2);
    }

    [Fact]
    public async Task Attempt_WithoutAPlace_IsFollowedByAnother()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(s_onFailure, static s => s with { Limits = s.Limits with { MaxVms = 1 } });
        vm.Machine.End(MachineExitCause.VmmFailed);
        await vm.EventAsync(VmEventTypes.Restarting);
        await vm.Fixture.CreateReadyAsync("b");

        await vm.Clock.PassAsync(TimeSpan.FromSeconds(1));

        await vm.EventAsync(VmEventTypes.Restarting, 2);
        await vm.Engine.DeleteAsync("b", CancellationToken.None);
        await vm.Clock.PassAsync(TimeSpan.FromSeconds(2));
        await vm.EventAsync(VmEventTypes.Ready, 2);
    }

    [Fact]
    public async Task Stop_OfAVmThatIsToRestart_CallsItOff()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(s_onFailure);
        vm.Machine.End(MachineExitCause.VmmFailed);
        await vm.EventAsync(VmEventTypes.Restarting);

        await vm.Engine.StopAsync("a", force: false, CancellationToken.None);
        vm.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(VmStatus.Crashed, vm.Engine.Get("a").Status);
        Assert.Single(await vm.DeleteAsync(), VmEventTypes.Running);
    }

    [Fact]
    public async Task Start_ByACallerThatFails_IsTheCallersToRepeat()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(s_onFailure);
        await vm.Engine.StopAsync("a", force: true, CancellationToken.None);
        vm.Fixture.Network.AttachFailure = new IOException("no tap");

        await vm.Engine.StartAsync("a", CancellationToken.None);
        await vm.EventAsync(VmEventTypes.Crashed);

        Assert.DoesNotContain(VmEventTypes.Restarting, await vm.DeleteAsync());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 256)]
    [InlineData(10, 300)]
    [InlineData(int.MaxValue, 300)]
    public void Backoff_DoublesUpToItsBound(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Of(attempt, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)));

    private static async Task CrashAndRestartAsync(TimedVm vm, int attempt, int delay, int n)
    {
        vm.Machine.End(MachineExitCause.Signalled, signal: 9);
        VmEvent restarting = await vm.EventAsync(VmEventTypes.Restarting, n);
        Assert.Equal((attempt, delay), (restarting.Data.GetProperty("attempt").GetInt32(), restarting.Data.GetProperty("delay_seconds").GetInt32()));
        await vm.Clock.PassAsync(TimeSpan.FromSeconds(delay));
        await vm.EventAsync(VmEventTypes.Ready, n + 1);
    }
}
