namespace Viper.State.Tests;

/// <summary>A lease that was taken over refuses whoever held it before.</summary>
public sealed class FencingTests : IDisposable
{
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly StateStore _store;

    public FencingTests()
    {
        _store = StateStore.Open(_folder.Database, Vms.NoRest);
        _store.SeedPool(Vms.Subnet, Vms.Gateway);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void UpdateVm_EpochOfTheLease_IsDone()
    {
        CreateVmResult.Created made = Made();

        Assert.IsType<UpdateVmResult.Updated>(_store.UpdateVm(made.Vm.Id, new VmChange { LeaseEpoch = made.Lease.Epoch, Status = "running" }));
        Assert.Equal(made.Lease, _store.GetLease(made.Vm.Id));
    }

    [Fact]
    public void UpdateAndDelete_EpochBeforeATakeOver_AreRefusedWithTheNewHolder()
    {
        CreateVmResult.Created made = Made();
        Lease taken = Assert.IsType<TakeOverResult.Taken>(_store.TakeOverLease(made.Vm.Id, "second")).Lease;

        var updated = _store.UpdateVm(made.Vm.Id, new VmChange { LeaseEpoch = made.Lease.Epoch, Status = "x" }, v => EventDraft.About("X", v));
        var deleted = _store.DeleteVm(made.Vm.Id, v => EventDraft.About("X", v), made.Lease.Epoch);

        Assert.Equal(made.Lease with { Owner = "second", Epoch = made.Lease.Epoch + 1 }, taken);
        Assert.Equal(taken, Assert.IsType<UpdateVmResult.LeaseLost>(updated).Current);
        Assert.Equal(taken, Assert.IsType<DeleteVmResult.LeaseLost>(deleted).Current);
        Assert.Equal((made.Vm, made.Event.Seq), (_store.GetVm("a"), _store.LastSeq));
        Assert.IsType<DeleteVmResult.Deleted>(_store.DeleteVm(made.Vm.Id, v => EventDraft.About("X", v), taken.Epoch));
    }

    [Fact]
    public void TakeOverLease_SeenEpochIsOld_IsRefused()
    {
        CreateVmResult.Created made = Made();
        Lease first = Assert.IsType<TakeOverResult.Taken>(_store.TakeOverLease(made.Vm.Id, "one", made.Lease.Epoch)).Lease;

        Assert.Equal(first, Assert.IsType<TakeOverResult.LeaseLost>(_store.TakeOverLease(made.Vm.Id, "two", made.Lease.Epoch)).Current);
        Assert.Equal(first, _store.GetLease(made.Vm.Id));
    }

    [Fact]
    public void Fencing_UnknownVm_IsNotFound()
    {
        Assert.IsType<TakeOverResult.NotFound>(_store.TakeOverLease("vm_x", "one"));
        Assert.IsType<UpdateVmResult.NotFound>(_store.UpdateVm("vm_x", new VmChange { LeaseEpoch = 1 }));
        Assert.IsType<DeleteVmResult.NotFound>(_store.DeleteVm("vm_x", v => EventDraft.About("X", v), 1));
        Assert.Null(_store.GetLease("vm_x"));
    }

    [Fact]
    public void Epoch_AddressIsLeasedAgain_IsBeyondEveryEarlierOne()
    {
        CreateVmResult.Created made = Made();
        _store.TakeOverLease(made.Vm.Id, "second");
        Vms.Delete(_store, made.Vm.Id);

        Assert.Equal((made.Vm.IpAddress, 3L), (Made().Lease.IpAddress, Assert.Single(_store.ListLeases()).Epoch));
    }

    private CreateVmResult.Created Made() => Assert.IsType<CreateVmResult.Created>(Vms.TryCreate(_store, "a"));
}
