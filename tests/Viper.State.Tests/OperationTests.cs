namespace Viper.State.Tests;

public sealed class OperationTests : IDisposable
{
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly FixedClock _clock = new();
    private StateStore _store;

    public OperationTests() => _store = StateStore.Open(_folder.Database, _clock);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void BeginOperation_Fresh_IsReadBackAsGiven()
    {
        OperationRecord begun = _store.BeginOperation(new NewOperation("vm.create") { VmName = "a", ProgressJson = "{\"step\":\"lease_ip\"}" });

        Assert.Matches("^op_[0-7][0-9A-HJKMNP-TV-Z]{25}$", begun.Id);
        Assert.Equal(("vm.create", "a", null, OperationStatus.Running, "{\"step\":\"lease_ip\"}"),
            (begun.Kind, begun.VmName, begun.VmId, begun.Status, begun.ProgressJson));
        Assert.Equal((_clock.Now, _clock.Now, null), (begun.CreatedAt, begun.UpdatedAt, begun.FinishedAt));
        Assert.Equal(begun, _store.GetOperation(begun.Id));
        Assert.Null(_store.GetOperation("op_x"));
        Assert.Throws<ArgumentException>(() => _store.BeginOperation(new NewOperation("")));
    }

    [Fact]
    public void ReportAndFinish_Running_KeepWhatWasSaidBefore()
    {
        OperationRecord begun = _store.BeginOperation(new NewOperation("vm.create") { VmName = "a" });
        _clock.Advance(TimeSpan.FromSeconds(1));
        OperationRecord reported = Updated(_store.ReportOperation(begun.Id, "{\"step\":\"boot\"}", "vm_1"));
        Assert.Equal(begun with { ProgressJson = "{\"step\":\"boot\"}", VmId = "vm_1", UpdatedAt = _clock.Now }, reported);
        Assert.Equal("vm_1", Updated(_store.ReportOperation(begun.Id, "{}")).VmId);
        _clock.Advance(TimeSpan.FromSeconds(1));

        OperationRecord finished = Updated(_store.FinishOperation(begun.Id, OperationStatus.Succeeded, "{\"ok\":true}"));

        Assert.Equal((OperationStatus.Succeeded, "{\"ok\":true}", null, _clock.Now),
            (finished.Status, finished.ResultJson, finished.ErrorJson, finished.FinishedAt));
        Assert.Equal(finished, _store.GetOperation(begun.Id));
    }

    [Theory]
    [InlineData(OperationStatus.Succeeded)]
    [InlineData(OperationStatus.Failed)]
    [InlineData(OperationStatus.Cancelled)]
    public void Finished_Operation_IsNotChangedAnyMore(OperationStatus status)
    {
        OperationRecord ended = Updated(_store.FinishOperation(_store.BeginOperation(new NewOperation("k")).Id, status, errorJson: "{}"));

        Assert.Equal(ended, Assert.IsType<OperationResult.AlreadyFinished>(_store.ReportOperation(ended.Id, "{\"x\":1}")).Operation);
        Assert.Equal(ended, Assert.IsType<OperationResult.AlreadyFinished>(_store.FinishOperation(ended.Id, OperationStatus.Failed)).Operation);
        Assert.Empty(_store.FailRunningOperations("{}"));
        Assert.Equal(ended, _store.GetOperation(ended.Id));
    }

    [Fact]
    public void ReportAndFinish_UnknownOrNoEnd_AreRefused()
    {
        Assert.IsType<OperationResult.NotFound>(_store.ReportOperation("op_x", "{}"));
        Assert.IsType<OperationResult.NotFound>(_store.FinishOperation("op_x", OperationStatus.Failed));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.FinishOperation("op_x", OperationStatus.Running));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.FinishOperation("op_x", (OperationStatus)9));
    }

    [Fact]
    public void FailRunningOperations_AfterARestart_EndsThoseThatRanAndNoOthers()
    {
        OperationRecord[] begun = [.. Enumerable.Range(0, 3).Select(i => _store.BeginOperation(new NewOperation("k") { VmName = $"v{i}" }))];
        OperationRecord done = Updated(_store.FinishOperation(begun[1].Id, OperationStatus.Succeeded));
        _store.Dispose();
        _clock.Advance(TimeSpan.FromMinutes(1));
        _store = StateStore.Open(_folder.Database, _clock);

        IReadOnlyList<OperationRecord> failed = _store.FailRunningOperations("{\"code\":\"daemon_restarted\"}");

        Assert.Equal([begun[0].Id, begun[2].Id], failed.Select(o => o.Id));
        Assert.All(failed, o => Assert.Equal((OperationStatus.Failed, "{\"code\":\"daemon_restarted\"}", _clock.Now), (o.Status, o.ErrorJson, o.FinishedAt)));
        Assert.Equal([failed[0], done, failed[1]], _store.ListOperations());
        Assert.Empty(_store.FailRunningOperations("{}"));
    }

    [Fact]
    public void ListOperations_ByStatusVmAndPage_GivesThoseInOrder()
    {
        OperationRecord[] begun = [.. Enumerable.Range(0, 6).Select(i => _store.BeginOperation(new NewOperation("k") { VmName = $"v{i % 2}" }))];
        _store.FinishOperation(begun[2].Id, OperationStatus.Cancelled);

        Assert.Equal(begun.Select(o => o.Id), _store.ListOperations().Select(o => o.Id));
        Assert.Equal([begun[2].Id], _store.ListOperations(new OperationQuery { Status = OperationStatus.Cancelled }).Select(o => o.Id));
        Assert.Equal([begun[3].Id, begun[5].Id],
            _store.ListOperations(new OperationQuery { VmName = "v1", AfterId = begun[1].Id, Limit = 2 }).Select(o => o.Id));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.ListOperations(new OperationQuery { Limit = 0 }));
    }

    [Fact]
    public void PruneOperations_ByAgeAndCount_LeavesRunningAndNewest()
    {
        OperationRecord running = _store.BeginOperation(new NewOperation("k"));
        string[] ended = [.. Enumerable.Range(0, 5).Select(_ =>
        {
            _clock.Advance(TimeSpan.FromHours(1));
            return Updated(_store.FinishOperation(_store.BeginOperation(new NewOperation("k")).Id, OperationStatus.Failed)).Id;
        })];

        Assert.Equal(0, _store.PruneOperations(TimeSpan.FromHours(5)));
        Assert.Equal(2, _store.PruneOperations(TimeSpan.FromHours(3)));
        Assert.Equal(1, _store.PruneOperations(TimeSpan.Zero, keep: 2));
        Assert.Equal([running.Id, ended[3], ended[4]], _store.ListOperations().Select(o => o.Id));
        Assert.Equal(2, _store.PruneOperations(TimeSpan.Zero));
        Assert.Equal(running, Assert.Single(_store.ListOperations()));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.PruneOperations(TimeSpan.FromTicks(-1)));
    }

    private static OperationRecord Updated(OperationResult result) => Assert.IsType<OperationResult.Updated>(result).Operation;
}
