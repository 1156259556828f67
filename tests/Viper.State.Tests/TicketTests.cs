namespace Viper.State.Tests;

public sealed class TicketTests : IDisposable
{
    private readonly StateFolder _folder = new(inMemory: true);
    private StateStore _store;

    public TicketTests()
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
    public void RevokeTickets_CountsEachVmUpAlone_AndOutlivesTheStore()
    {
        VmRecord a = Vms.Create(_store, "a");
        VmRecord b = Vms.Create(_store, "b");
        Assert.Equal(0, _store.GetTicketEpoch(a.Id));

        Assert.Equal([1L, 2L], [_store.RevokeTickets(a.Id), _store.RevokeTickets(a.Id)]);

        _store.Dispose();
        _store = StateStore.Open(_folder.Database, Vms.NoRest);
        Assert.Equal((2L, 0L), (_store.GetTicketEpoch(a.Id), _store.GetTicketEpoch(b.Id)));
        Assert.Equal((a.Revision, 0L), (_store.GetVm("a")!.Revision, _store.GetTicketEpoch("vm_nobody")));
        Assert.Null(_store.RevokeTickets("vm_nobody"));
    }

    [Fact]
    public void DeleteVm_TakesItsRowAlong()
    {
        VmRecord a = Vms.Create(_store, "a");
        _store.RevokeTickets(a.Id);

        Assert.IsType<DeleteVmResult.Deleted>(Vms.Delete(_store, a.Id));

        Assert.Equal("0", ChildProcess.Run("sqlite3", _folder.Database, "SELECT count(*) FROM tickets").Output.Trim());
        Assert.Equal(0, _store.GetTicketEpoch(Vms.Create(_store, "a").Id));
        Assert.Empty(_store.CheckIntegrity());
    }
}
