using Viper.Contracts;

namespace Viper.Orchestration.Tests;

public sealed class TicketTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revoke_EndsTheEpochForGood()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm vm = await fixture.CreateReadyAsync("a");
        TicketEpoch first = fixture.Engine.GetTicketEpoch("a");
        Assert.Equal((vm.Id, 0L, false), (first.VmId, first.Epoch, first.Revoked.IsCancellationRequested));

        TicketEpoch second = fixture.Engine.RevokeTickets("a");

        Assert.Equal((1L, false, true), (second.Epoch, second.Revoked.IsCancellationRequested, first.Revoked.IsCancellationRequested));
        Assert.Equal(second, fixture.Engine.GetTicketEpoch("a"));
        await fixture.Engine.StopAsync("a", force: true, Cancel);
        await fixture.Engine.DisposeAsync();
        await fixture.ReopenAsync();
        Assert.Equal((vm.Id, 1L), (fixture.Engine.GetTicketEpoch("a").VmId, fixture.Engine.GetTicketEpoch("a").Epoch));
    }

    [Fact]
    public async Task Delete_LeavesNothingForTheNextOfTheName()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm vm = await fixture.CreateReadyAsync("a");
        fixture.Engine.RevokeTickets("a");
        await fixture.Engine.DeleteAsync("a", Cancel);

        Assert.Equal(ProblemCodes.VmNotFound, Assert.Throws<EngineException>(() => fixture.Engine.GetTicketEpoch("a")).Code);
        Assert.Equal(ProblemCodes.VmNotFound, Assert.Throws<EngineException>(() => fixture.Engine.RevokeTickets("a")).Code);
        await fixture.CreateReadyAsync("a");
        Assert.Equal(0, fixture.Engine.GetTicketEpoch("a").Epoch);
        Assert.NotEqual(vm.Id, fixture.Engine.GetTicketEpoch("a").VmId);
    }
}
