namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>What stock clients notice when the browser under them ends.</summary>
public sealed class ClientInterruptionTests(InterruptedClients clients) : IClassFixture<InterruptedClients>
{
    public static TheoryData<string> Clients => [.. MatrixClient.Names];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Browser_CrashesInMidUse_FailsTheCallAndClosesTheSocketWithTheReason(string client)
    {
        ClientEnd end = await clients.Crashed[client];

        Assert.Equal((4010, "browser_restarted"), (end.Code, end.Reason));
        Assert.Contains("closed", end.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Browser_StartedAgain_TakesTheClientAtItsStableAddress(string client) => Assert.NotNull(await clients.Again[client]);

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Vm_StoppedInMidUse_FailsTheCallAndClosesTheSocketWithTheReason(string client)
    {
        ClientEnd end = await clients.Stopped[client];

        Assert.Equal((1001, "vm_stopping"), (end.Code, end.Reason));
        Assert.Contains("closed", end.Error, StringComparison.OrdinalIgnoreCase);
    }
}
