namespace Viper.State.Tests;

/// <summary>Long requests that begin and end with a VM's change: both are there, or neither.</summary>
public sealed class OperationTransactionTests : IDisposable
{
    private static readonly NewOperation s_start = new("vm.start") { VmName = "somebody else", ProgressJson = "{\"step\":\"network\"}" };

    private readonly StateFolder _folder = new(inMemory: true);
    private readonly FixedClock _clock = new();
    private StateStore _store;

    public OperationTransactionTests()
    {
        _store = StateStore.Open(_folder.Database, Vms.NoRest with { Time = _clock });
        _store.SeedPool(Vms.Subnet, Vms.Gateway);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void CreateVm_WithOperation_BeginsItAboutTheVm()
    {
        CreateVmResult.Created made = Create("a");

        OperationRecord begun = Assert.IsType<OperationRecord>(made.Begun);
        Assert.Equal(("vm.start", made.Vm.Id, "a", OperationStatus.Running), (begun.Kind, begun.VmId, begun.VmName, begun.Status));
        Assert.Equal((s_start.ProgressJson, _clock.Now, null), (begun.ProgressJson, begun.CreatedAt, begun.FinishedAt));
        Assert.Equal(begun, Assert.Single(_store.ListOperations()));
        Assert.Null(Assert.IsType<CreateVmResult.Created>(Vms.TryCreate(_store, "b")).Begun);
    }

    [Fact]
    public void CreateVm_ThatFails_BeginsNothing()
    {
        Create("a");

        Assert.IsType<CreateVmResult.NameTaken>(_store.CreateVm(Vms.New("a"), _ => "m", v => EventDraft.About("X", v), s_start));
        Assert.Throws<FormatException>(() => _store.CreateVm(Vms.New("b"), _ => "m", _ => throw new FormatException(), s_start));
        Assert.Throws<ArgumentException>(() => _store.CreateVm(Vms.New("b"), _ => "m", v => EventDraft.About("X", v), new NewOperation("")));

        Assert.Equal((1, 1), (_store.ListOperations().Count, _store.CountVms()));
    }

    [Fact]
    public void UpdateVm_WithEndAndBeginning_DoesBothWithTheChange()
    {
        CreateVmResult.Created made = Create("a");
        _clock.Advance(TimeSpan.FromSeconds(1));
        OperationEnd end = new(made.Begun!.Id, OperationStatus.Succeeded) { ProgressJson = "{\"step\":\"ready\"}", ResultJson = "{\"vm\":\"a\"}" };

        var updated = Assert.IsType<UpdateVmResult.Updated>(
            _store.UpdateVm(made.Vm.Id, new VmChange { Status = "running" }, v => EventDraft.About("X", v), s_start, end));

        Assert.Equal(
            made.Begun with
            {
                Status = OperationStatus.Succeeded,
                ProgressJson = end.ProgressJson,
                ResultJson = end.ResultJson,
                UpdatedAt = _clock.Now,
                FinishedAt = _clock.Now,
            },
            _store.GetOperation(made.Begun.Id));
        Assert.Equal((made.Vm.Id, "a", OperationStatus.Running), (updated.Begun!.VmId, updated.Begun.VmName, updated.Begun.Status));
        Assert.Equal(updated.Begun, _store.GetOperation(updated.Begun.Id));
        Assert.Equal("running", _store.GetVm("a")!.Status);
    }

    [Fact]
    public void UpdateVm_DraftThrows_RollsBackTheChangeTheBeginningAndTheEnd()
    {
        CreateVmResult.Created made = Create("a");

        Assert.Throws<FormatException>(() => _store.UpdateVm(
            made.Vm.Id, new VmChange { Status = "running" }, _ => throw new FormatException(), s_start, new OperationEnd(made.Begun!.Id, OperationStatus.Failed)));

        Assert.Equal(made.Begun, Assert.Single(_store.ListOperations()));
        Assert.Equal(made.Vm, _store.GetVm("a"));
    }

    [Fact]
    public void UpdateVm_Refused_BeginsAndEndsNothing()
    {
        CreateVmResult.Created made = Create("a");
        OperationEnd end = new(made.Begun!.Id, OperationStatus.Cancelled);

        Assert.IsType<UpdateVmResult.NotFound>(_store.UpdateVm("vm_x", new VmChange(), begin: s_start, end: end));
        Assert.IsType<UpdateVmResult.RevisionMismatch>(_store.UpdateVm(made.Vm.Id, new VmChange { ExpectedRevision = 7 }, begin: s_start, end: end));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.UpdateVm(made.Vm.Id, new VmChange(), end: new OperationEnd(made.Begun.Id, OperationStatus.Running)));
        Assert.Throws<ArgumentException>(() => _store.UpdateVm(made.Vm.Id, new VmChange(), begin: new NewOperation("")));

        Assert.Equal(made.Begun, Assert.Single(_store.ListOperations()));
    }

    [Fact]
    public void UpdateVm_EndOfOneThatEndedOrIsNotThere_LeavesItAndChangesTheVm()
    {
        CreateVmResult.Created made = Create("a");
        _store.UpdateVm(made.Vm.Id, new VmChange(), end: new OperationEnd(made.Begun!.Id, OperationStatus.Failed) { ErrorJson = "{}" });
        OperationRecord ended = _store.GetOperation(made.Begun.Id)!;
        _clock.Advance(TimeSpan.FromSeconds(1));

        _store.UpdateVm(made.Vm.Id, new VmChange { Status = "x" }, end: new OperationEnd(ended.Id, OperationStatus.Succeeded) { ResultJson = "{}" });
        _store.UpdateVm(made.Vm.Id, new VmChange { Status = "y" }, end: new OperationEnd("op_x", OperationStatus.Succeeded));

        Assert.Equal((OperationStatus.Failed, made.Begun.ProgressJson, "{}"), (ended.Status, ended.ProgressJson, ended.ErrorJson));
        Assert.Equal(ended, Assert.Single(_store.ListOperations()));
        Assert.Equal("y", _store.GetVm("a")!.Status);
    }

    [Fact]
    public void AppendEvent_OnceInABatch_RemovesOperationsThatAreOldAndNotAmongTheLast()
    {
        _store.Dispose();
        _store = StateStore.Open(_folder.Database, Vms.NoRest with { Time = _clock, OperationsKept = 1, OperationsKeptFor = TimeSpan.FromHours(1) });
        OperationRecord running = _store.BeginOperation(s_start);
        OperationRecord[] ended = [.. Enumerable.Range(0, 3).Select(_ => _store.BeginOperation(s_start))];
        foreach (OperationRecord operation in ended)
        {
            _store.FinishOperation(operation.Id, OperationStatus.Succeeded);
        }

        AppendBatch();
        Assert.Equal(4, _store.ListOperations().Count);
        _clock.Advance(TimeSpan.FromHours(2));
        AppendBatch();

        Assert.Equal([running.Id, ended[2].Id], _store.ListOperations().Select(o => o.Id));
        Assert.Throws<ArgumentOutOfRangeException>(() => StateStore.Open(_folder.Database, new StateStoreOptions { OperationsKept = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => StateStore.Open(_folder.Database, new StateStoreOptions { OperationsKeptFor = TimeSpan.FromTicks(-1) }));
    }

    private CreateVmResult.Created Create(string name) => Assert.IsType<CreateVmResult.Created>(
        _store.CreateVm(Vms.New(name), _ => "m", v => EventDraft.About("VM_CREATED", v), s_start));

    private void AppendBatch()
    {
        for (int i = 0; i < StateStore.TrimEvery; i++)
        {
            _store.AppendEvent(new EventDraft("X"));
        }
    }
}
