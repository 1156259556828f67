using Viper.Contracts;

namespace Viper.Orchestration.Tests.Timers;

public sealed class RunEndTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Idle_WhateverTheWallClockDoes_WarnsAndEndsInTime(int jumpHours)
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { IdleTimeoutSeconds = 600 });

        await AssertEndsAsync(vm, 10 * s_minute, VmEventTypes.IdleWarning, EndCodes.IdleTimeout, jumpHours);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Lifetime_WhateverTheWallClockDoes_WarnsAndEndsInTime(int jumpHours)
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { MaxLifetimeSeconds = 1800 });

        // Use does not make it longer.
        vm.Engine.KeepAlive("a");
        await AssertEndsAsync(vm, 30 * s_minute, VmEventTypes.LifetimeWarning, EndCodes.MaxLifetime, jumpHours);
    }

    [Fact]
    public async Task Timers_OfLessThanTwoMinutes_WarnAtHalfTime()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { IdleTimeoutSeconds = 30 });

        await vm.Clock.PassAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(15, (await vm.EventAsync(VmEventTypes.IdleWarning)).Data.GetProperty("seconds_left").GetDouble());
    }

    [Fact]
    public async Task Idle_UsedAfterTheWarning_BeginsAnewAndWarnsAnew()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { IdleTimeoutSeconds = 600 });
        await vm.Clock.PassAsync(9 * s_minute);
        await vm.EventAsync(VmEventTypes.IdleWarning);
        await vm.Clock.AwaitedAsync(s_minute);

        Vm kept = vm.Engine.KeepAlive("a");

        Assert.Equal(vm.Clock.GetUtcNow() + (10 * s_minute), kept.IdleDeadline);
        vm.Clock.Advance(s_minute);
        await vm.Clock.PassAsync(8 * s_minute);
        await vm.EventAsync(VmEventTypes.IdleWarning, 2);
        await vm.Clock.PassAsync(s_minute);
        await vm.EventAsync(VmEventTypes.Stopped);
    }

    [Fact]
    public async Task Idle_SomethingGoesOn_IsNotIdleUntilItEnds()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { IdleTimeoutSeconds = 600 });
        IDisposable call = vm.Engine.GetActivity("a").Begin();

        await vm.Clock.PassAsync(9 * s_minute);
        await vm.Clock.PassAsync(9 * s_minute);
        await vm.Clock.AwaitedAsync(9 * s_minute);
        call.Dispose();
        call.Dispose();

        await vm.Clock.PassAsync(9 * s_minute);
        await vm.EventAsync(VmEventTypes.IdleWarning);
        await vm.Clock.PassAsync(s_minute);
        await vm.EventAsync(VmEventTypes.Stopped);
    }

    [Fact]
    public async Task Idle_WhilePaused_StandsStill()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { IdleTimeoutSeconds = 600 });
        Vm paused = await vm.Engine.PauseAsync("a", CancellationToken.None);
        await vm.Clock.PassAsync(9 * s_minute);
        await vm.Clock.PassAsync(9 * s_minute);
        await vm.Clock.AwaitedAsync(9 * s_minute);

        Vm resumed = await vm.Engine.ResumeAsync("a", CancellationToken.None);

        Assert.Null(paused.IdleDeadline);
        Assert.Equal(vm.Clock.GetUtcNow() + (10 * s_minute), resumed.IdleDeadline);
    }

    [Fact]
    public async Task Lifetime_WhilePaused_GoesOn()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { MaxLifetimeSeconds = 600 });
        await vm.Engine.PauseAsync("a", CancellationToken.None);
        await vm.Clock.PassAsync(9 * s_minute);

        await vm.Clock.PassAsync(s_minute);

        await vm.EventAsync(VmEventTypes.Stopped);
    }

    [Fact]
    public async Task Idle_LookedAt_IsIdleAllTheSame()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { IdleTimeoutSeconds = 600 });
        await vm.Clock.AwaitedAsync(9 * s_minute);
        vm.Clock.Advance(5 * s_minute);

        vm.Engine.Get("a");
        vm.Engine.List(null, null, null, 10);
        vm.Engine.GetStatus();
        vm.Engine.GetAgent("a");
        vm.Engine.GetConsole("a");
        await vm.Engine.StartAsync("a", CancellationToken.None);
        await vm.Engine.WaitReadyAsync("a", s_minute, CancellationToken.None);
        await foreach (string line in vm.Engine.ReadLogAsync("a", "serial", 10, follow: false, CancellationToken.None))
        {
            Assert.NotNull(line);
        }

        Assert.Equal(5 * s_minute, vm.Engine.GetActivity("a").IdleTime);
    }

    [Fact]
    public async Task Timers_AfterARestartOfTheDaemon_AreThoseOfTheCreate()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { IdleTimeoutSeconds = 600, MaxLifetimeSeconds = 7200, Restart = RestartPolicies.Always });
        await vm.Engine.DisposeAsync();
        await vm.Fixture.ReopenAsync();

        Vm stopped = vm.Engine.Get("a");
        await vm.Engine.StartAsync("a", CancellationToken.None);
        Vm ready = await vm.Engine.WaitReadyAsync("a", s_minute, CancellationToken.None);

        Assert.Equal((600, 7200, RestartPolicies.Always), (stopped.IdleTimeoutSeconds, stopped.MaxLifetimeSeconds, stopped.Restart));
        Assert.Equal((null, null), (stopped.IdleDeadline, stopped.ExpiresAt));
        Assert.Equal((vm.Clock.GetUtcNow() + (10 * s_minute), vm.Clock.GetUtcNow() + (120 * s_minute)), (ready.IdleDeadline, ready.ExpiresAt));
        await vm.Clock.AwaitedAsync(9 * s_minute);
    }

    [Fact]
    public async Task KeepAlive_OfAStoppedVm_IsAConflict()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest());
        await vm.Engine.StopAsync("a", force: true, CancellationToken.None);

        Assert.Equal(ProblemCodes.VmNotRunning, Assert.Throws<EngineException>(() => vm.Engine.KeepAlive("a")).Code);
    }

    private static async Task AssertEndsAsync(TimedVm vm, TimeSpan whole, string warning, string code, int jumpHours)
    {
        vm.Clock.Jump(TimeSpan.FromHours(jumpHours));
        await vm.Clock.AwaitedAsync(whole - s_minute);
        vm.Clock.Advance(whole - s_minute - TimeSpan.FromSeconds(1));
        Assert.Equal(VmEventTypes.Ready, await LastEventAsync(vm));

        vm.Clock.Advance(TimeSpan.FromSeconds(1));
        VmEvent warned = await vm.EventAsync(warning);
        Assert.Equal(60, warned.Data.GetProperty("seconds_left").GetDouble());
        await vm.Clock.AwaitedAsync(s_minute);
        vm.Clock.Jump(TimeSpan.FromHours(-2 * jumpHours));
        vm.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal((VmStatus.Running, warning), (vm.Engine.Get("a").Status, await LastEventAsync(vm)));

        vm.Clock.Advance(TimeSpan.FromSeconds(1));
        VmEvent stopped = await vm.EventAsync(VmEventTypes.Stopped);
        Assert.Equal(code, stopped.Data.GetProperty("code").GetString());
        Assert.Equal((VmStatus.Stopped, code), (vm.Engine.Get("a").Status, vm.Engine.Get("a").StatusCode));
        Assert.Equal(1, vm.Machine.ButtonPresses);
    }

    private static async Task<string> LastEventAsync(TimedVm vm)
    {
        long last = vm.Engine.GetStatus().LastSeq;
        await foreach (VmEvent e in vm.Engine.ReadEventsAsync(last - 1, null, CancellationToken.None))
        {
            return e.Type;
        }

        throw new InvalidOperationException("There are no events.");
    }
}
