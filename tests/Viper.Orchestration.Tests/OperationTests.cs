using System.Text.Json;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Tests.StandIns;
using Viper.Orchestration.Tests.Timers;
using Viper.State;

namespace Viper.Orchestration.Tests;

/// <summary>Every start that a caller asked for is an operation, which ends as the start does.</summary>
public sealed class OperationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_ThatBecomesReady_Succeeds()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        Operation operation = Only(fixture);

        Assert.Equal((OperationKinds.VmCreate, OperationStatuses.Succeeded, VmPhase.Ready, "/api/v1/vms/a"), Facts(operation));
        Assert.Equal(("""{"vm":"a"}""", null), (operation.Result?.GetRawText(), operation.Error));
        Assert.Equal(operation.UpdatedAt, operation.FinishedAt);
        Assert.Equal(operation.Id, fixture.Engine.GetLastOperation("a"));
        Assert.Equal(operation.Id, fixture.Engine.GetOperation(operation.Id).Id);
    }

    [Fact]
    public async Task Create_UnderWay_ShowsThePhaseThatNobodyStores()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        await fixture.UntilAsync("a", static vm => vm.Phase == VmPhase.Boot);

        Operation operation = Only(fixture, OperationStatuses.Running);

        Assert.Equal((OperationKinds.VmCreate, OperationStatuses.Running, VmPhase.Boot, "/api/v1/vms/a"), Facts(operation));
        Assert.Equal(VmPhase.Boot, fixture.Engine.GetOperation(operation.Id).Progress.Step);
        Assert.Null(operation.FinishedAt);
        using StateStore store = StateStore.OpenReadOnly(Path.Combine(fixture.Settings.StateDirectory, "state.db"));
        Assert.Equal("""{"step":"lease_ip"}""", store.GetOperation(operation.Id)!.ProgressJson);
    }

    [Fact]
    public async Task Create_ThatFails_FailsWithWhatTheCallerIsTold()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.StartFailure = new IOException("cannot allocate memory");
        await fixture.CreateAsync("a");
        EngineException told = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel));

        Operation operation = Only(fixture);

        Assert.Equal((OperationKinds.VmCreate, OperationStatuses.Failed, VmPhase.Spawn, "/api/v1/vms/a"), Facts(operation));
        Assert.Equal((ProblemCodes.StartFailed, told.Problem), (operation.Error!.Code, operation.Error));
        Assert.Null(operation.Result);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("delete")]
    [InlineData("shut-down")]
    public async Task Create_ThatIsEndedWhileStarting_IsCancelled(string end)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        await fixture.UntilAsync("a", static vm => vm.Phase == VmPhase.Boot);

        switch (end)
        {
            case "stop":
                await fixture.Engine.StopAsync("a", force: false, Cancel);
                break;
            case "delete":
                await fixture.Engine.DeleteAsync("a", Cancel);
                break;
            default:
                await fixture.Engine.DisposeAsync();
                await fixture.ReopenAsync();
                break;
        }

        Operation operation = Only(fixture);
        Assert.Equal((OperationKinds.VmCreate, OperationStatuses.Cancelled, VmPhase.Boot, "/api/v1/vms/a"), Facts(operation));
        Assert.NotNull(operation.FinishedAt);
    }

    [Fact]
    public async Task StartAndRestart_AreOperations_AndThoseThatFindTheVmUpAreNone()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        await fixture.Engine.StartAsync("a", Cancel);
        await fixture.Engine.StopAsync("a", force: true, Cancel);
        await fixture.Engine.StartAsync("a", Cancel);
        await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);
        await fixture.Engine.RestartAsync("a", force: true, Cancel);
        await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);

        IReadOnlyList<Operation> operations = fixture.Engine.ListOperations(null, "a", null, 10);

        Assert.Equal([OperationKinds.VmCreate, OperationKinds.VmStart, OperationKinds.VmRestart], operations.Select(static o => o.Kind));
        Assert.All(operations, static o => Assert.Equal(OperationStatuses.Succeeded, o.Status));
        Assert.Equal(operations[2].Id, fixture.Engine.GetLastOperation("a"));
    }

    [Fact]
    public async Task Start_ThatFails_FailsAndTheNextSucceeds()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        await fixture.Engine.StopAsync("a", force: true, Cancel);
        fixture.Network.AttachFailure = new IOException("the bridge is gone");
        await fixture.Engine.StartAsync("a", Cancel);
        await fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, Cancel);
        fixture.Network.AttachFailure = null;
        await fixture.Engine.StartAsync("a", Cancel);
        await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);

        IReadOnlyList<Operation> starts = [.. fixture.Engine.ListOperations(null, null, null, 10).Where(static o => o.Kind == OperationKinds.VmStart)];

        Assert.Equal([(OperationStatuses.Failed, VmPhase.Network), (OperationStatuses.Succeeded, VmPhase.Ready)], starts.Select(static o => (o.Status, o.Progress.Step!)));
    }

    [Fact]
    public async Task Restart_OfAStartingVm_CancelsTheStartAndIsOneOfItsOwn()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        await fixture.UntilAsync("a", static vm => vm.Phase == VmPhase.Boot);
        fixture.Hypervisor.Greeting = ScriptedMachine.ReadyLine;

        await fixture.Engine.RestartAsync("a", force: true, Cancel);
        await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);

        Assert.Equal(
            [(OperationKinds.VmCreate, OperationStatuses.Cancelled), (OperationKinds.VmRestart, OperationStatuses.Succeeded)],
            fixture.Engine.ListOperations(null, null, null, 10).Select(static o => (o.Kind, o.Status)));
    }

    /// <summary>The place that the cancelled start gives back goes to who waits for it.</summary>
    [Fact]
    public async Task Restart_OfAStartingVmThatLosesItsPlace_LeavesItStoppedAndCancelled()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { Limits = s.Limits with { MaxVms = 1 } });
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        await fixture.UntilAsync("a", static vm => vm.Phase == VmPhase.Boot);
        Task<Vm> queued = fixture.Engine.CreateAsync(new CreateVmRequest { Name = "b", QueueWaitSeconds = 120 }, Cancel);
        Assert.Equal(1, fixture.Engine.GetLimits().Queued);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.RestartAsync("a", force: true, Cancel));

        await queued;
        Assert.Equal(ProblemCodes.CapacityExhausted, refused.Code);
        Assert.Equal(VmStatus.Stopped, fixture.Engine.Get("a").Status);
        Assert.Equal(OperationStatuses.Cancelled, Assert.Single(fixture.Engine.ListOperations(null, "a", null, 10)).Status);
    }

    [Fact]
    public async Task Restart_ByPolicy_IsNoOperation()
    {
        await using TimedVm vm = await TimedVm.ReadyAsync(new CreateVmRequest { Restart = RestartPolicies.OnFailure });
        vm.Machine.End(MachineExitCause.VmmFailed);
        await vm.EventAsync(VmEventTypes.Restarting);
        await vm.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await vm.EventAsync(VmEventTypes.Ready, 2);

        Assert.Equal(OperationKinds.VmCreate, Assert.Single(vm.Engine.ListOperations(null, null, null, 10)).Kind);
    }

    [Theory]
    [InlineData(OperationKinds.VmCreate)]
    [InlineData(OperationKinds.VmStart)]
    [InlineData(OperationKinds.VmRestart)]
    public async Task Cancel_OfAStart_LeavesTheVmStoppedAndNothingElse(string kind)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        string id = await BeginAsync(fixture, kind);

        Operation cancelled = await fixture.Engine.CancelOperationAsync(id, Cancel);

        Assert.Equal((kind, OperationStatuses.Cancelled, VmPhase.Boot, "/api/v1/vms/a"), Facts(cancelled));
        Assert.Equal(VmStatus.Stopped, fixture.Engine.Get("a").Status);
        fixture.AssertNothingLeft();
        EngineException again = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.CancelOperationAsync(id, Cancel));
        Assert.Equal((409, ProblemCodes.OperationFinished), (again.Problem.Status, again.Code));
    }

    [Fact]
    public async Task Cancel_ByManyAtOnce_IsDoneOnce()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        string id = await BeginAsync(fixture, OperationKinds.VmCreate);

        string[] outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return (await fixture.Engine.CancelOperationAsync(id, Cancel)).Status;
            }
            catch (EngineException e)
            {
                return e.Code;
            }
        }));

        Assert.Single(outcomes, OperationStatuses.Cancelled);
        Assert.Equal(7, outcomes.Count(static o => o == ProblemCodes.OperationFinished));
        Assert.Equal(VmStatus.Stopped, fixture.Engine.Get("a").Status);
    }

    [Fact]
    public async Task Cancel_WhileNothingCanBeStored_StopsTheVmAndSaysSo()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        string id = await BeginAsync(fixture, OperationKinds.VmCreate);
        using (HeldDatabase.Take(fixture))
        {
            Assert.Equal(OperationStatuses.Cancelled, (await fixture.Engine.CancelOperationAsync(id, Cancel)).Status);
            Assert.Equal(VmStatus.Stopped, fixture.Engine.Get("a").Status);
            fixture.AssertNothingLeft();
        }

        await fixture.Engine.DeleteAsync("a", Cancel);
        Assert.Equal(OperationStatuses.Cancelled, Only(fixture).Status);
    }

    [Fact]
    public async Task Cancel_OfOneThatEnded_LeavesTheVmRunning()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        string id = Only(fixture).Id;

        EngineException ended = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.CancelOperationAsync(id, Cancel));
        EngineException unknown = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.CancelOperationAsync("op_x", Cancel));

        Assert.Equal((409, ProblemCodes.OperationFinished), (ended.Problem.Status, ended.Code));
        Assert.Equal((404, ProblemCodes.OperationNotFound), (unknown.Problem.Status, unknown.Code));
        Assert.Equal(ProblemCodes.OperationNotFound, Assert.Throws<EngineException>(() => fixture.Engine.GetOperation("op_x")).Code);
        Assert.Equal(VmStatus.Running, fixture.Engine.Get("a").Status);
    }

    /// <summary>Each way round: whoever comes first decides, and VM and operation say the same.</summary>
    [Fact]
    public async Task Cancel_AgainstReady_LeavesVmAndOperationInAgreement()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        for (int i = 0; i < 20; i++)
        {
            string name = $"v{i}";
            await fixture.CreateAsync(name);
            string id = fixture.Engine.GetLastOperation(name)!;
            bool isCancelled = true;
            try
            {
                await fixture.Engine.CancelOperationAsync(id, Cancel);
            }
            catch (EngineException e) when (e.Code == ProblemCodes.OperationFinished)
            {
                isCancelled = false;
            }

            Assert.Equal(isCancelled ? VmStatus.Stopped : VmStatus.Running, fixture.Engine.Get(name).Status);
            Assert.Equal(isCancelled ? OperationStatuses.Cancelled : OperationStatuses.Succeeded, fixture.Engine.GetOperation(id).Status);
        }
    }

    [Fact]
    public async Task List_ByStatusVmAndPage_GivesThoseInOrder()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        foreach (string name in (string[])["a", "b", "c"])
        {
            await fixture.CreateReadyAsync(name);
        }

        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("d");
        IReadOnlyList<Operation> all = fixture.Engine.ListOperations(null, null, null, 10);

        Assert.Equal(["/api/v1/vms/a", "/api/v1/vms/b", "/api/v1/vms/c", "/api/v1/vms/d"], all.Select(static o => o.Resource));
        Assert.Equal([all[1].Id, all[2].Id], fixture.Engine.ListOperations(null, null, all[0].Id, 2).Select(static o => o.Id));
        Assert.Equal([all[3].Id], fixture.Engine.ListOperations(OperationStatuses.Running, null, null, 10).Select(static o => o.Id));
        Assert.Equal([all[1].Id], fixture.Engine.ListOperations(OperationStatuses.Succeeded, "b", null, 10).Select(static o => o.Id));
        Assert.Empty(fixture.Engine.ListOperations(OperationStatuses.Failed, null, null, 10));
        Assert.Throws<ArgumentException>(() => fixture.Engine.ListOperations("happy", null, null, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.Engine.ListOperations(null, null, null, 0));
    }

    [Fact]
    public async Task Open_AfterADaemonDied_FailsWhatWasRunning()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.Engine.DisposeAsync();
        using (StateStore store = StateStore.Open(Path.Combine(fixture.Settings.StateDirectory, "state.db")))
        {
            string json = JsonSerializer.Serialize(new CreateVmRequest(), ViperJson.Default.CreateVmRequest);
            NewVm row = new() { Name = "a", Status = VmStatus.Starting, CpuCores = 1, MemoryMb = 640, Image = "browser", SpecJson = json };
            store.CreateVm(
                row, static _ => "02:00:00:00:00:01", static vm => EventDraft.About(VmEventTypes.Created, vm),
                new NewOperation(OperationKinds.VmCreate) { ProgressJson = """{"step":"lease_ip"}""" });
        }

        await fixture.ReopenAsync();

        Operation operation = Only(fixture);
        Assert.Equal((OperationKinds.VmCreate, OperationStatuses.Failed, VmPhase.LeaseIp, "/api/v1/vms/a"), Facts(operation));
        Assert.Equal(ProblemCodes.DaemonEnded, operation.Error?.Code);
        Assert.Equal(VmStatus.Crashed, fixture.Engine.Get("a").Status);
        Assert.Null(fixture.Engine.GetLastOperation("a"));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("delete")]
    [InlineData("nothing")]
    public async Task End_WhileNothingCanBeStored_IsStoredLater(string next)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(s => s with { ReconcileInterval = next == "nothing" ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero });
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        await fixture.UntilAsync("a", static vm => vm.Phase == VmPhase.Boot);
        string id = Only(fixture).Id;
        using (HeldDatabase.Take(fixture))
        {
            fixture.Hypervisor.Machines["a"].End(MachineExitCause.Signalled, signal: 9);
            await fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, Cancel);

            EngineException ended = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.CancelOperationAsync(id, Cancel));
            Assert.Equal(ProblemCodes.OperationFinished, ended.Code);
            Assert.Equal(OperationStatuses.Failed, fixture.Engine.GetOperation(id).Status);
            Assert.Single(fixture.Engine.ListOperations(OperationStatuses.Running, null, null, 2));
        }

        switch (next)
        {
            case "start":
                fixture.Hypervisor.Greeting = ScriptedMachine.ReadyLine;
                await fixture.Engine.StartAsync("a", Cancel);
                await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);
                Assert.Equal(OperationStatuses.Succeeded, fixture.Engine.GetOperation(fixture.Engine.GetLastOperation("a")!).Status);
                break;
            case "delete":
                await fixture.Engine.DeleteAsync("a", Cancel);
                break;
            default:
                using (CancellationTokenSource patience = new(EngineFixture.Patience))
                {
                    // Nothing tells of it but the table itself.
                    while (fixture.Engine.ListOperations(OperationStatuses.Running, null, null, 1).Count > 0)
                    {
                        await Task.Delay(10, patience.Token);
                    }
                }

                break;
        }

        Operation operation = fixture.Engine.GetOperation(id);
        Assert.Equal((OperationStatuses.Failed, ProblemCodes.StartFailed), (operation.Status, operation.Error?.Code));
    }

    private static async Task<string> BeginAsync(EngineFixture fixture, string kind)
    {
        if (kind == OperationKinds.VmCreate)
        {
            fixture.Hypervisor.Greeting = null;
            await fixture.CreateAsync("a");
        }
        else
        {
            await fixture.CreateReadyAsync("a");
            fixture.Hypervisor.Greeting = null;
            if (kind == OperationKinds.VmStart)
            {
                await fixture.Engine.StopAsync("a", force: true, Cancel);
                await fixture.Engine.StartAsync("a", Cancel);
            }
            else
            {
                await fixture.Engine.RestartAsync("a", force: true, Cancel);
            }
        }

        await fixture.UntilAsync("a", static vm => vm.Phase == VmPhase.Boot);
        return fixture.Engine.GetLastOperation("a")!;
    }

    private static Operation Only(EngineFixture fixture, string? status = null) => Assert.Single(fixture.Engine.ListOperations(status, null, null, 10));

    private static (string Kind, string Status, string? Step, string? Resource) Facts(Operation operation) =>
        (operation.Kind, operation.Status, operation.Progress.Step, operation.Resource);
}
