using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>The client against a stand-in in this program.</summary>
public sealed class CloudHypervisorClientTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LifeCycle_EveryOperation_MovesTheState()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]);

        Assert.Equal("53.0.0", (await client.PingAsync(Cancellation)).Version);
        await client.CreateAsync(Config(), Cancellation);
        Assert.Equal(VmState.Created, (await client.InfoAsync(Cancellation)).State);
        await client.BootAsync(Cancellation);
        await client.PauseAsync(Cancellation);
        VmInfo paused = await client.InfoAsync(Cancellation);
        Assert.Equal(VmState.Paused, paused.State);
        Assert.Equal(Config().Payload, paused.Config.Payload);
        await client.ResumeAsync(Cancellation);
        Assert.Equal(VmState.Running, (await client.InfoAsync(Cancellation)).State);
        await client.ShutdownAsync(Cancellation);
        Assert.Equal(VmState.Created, (await client.InfoAsync(Cancellation)).State);
        await client.DeleteAsync(Cancellation);
        await client.DeleteAsync(Cancellation);
        await client.ShutdownVmmAsync(Cancellation);

        Assert.Equal(0, await vmm.Ended.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task InfoAsync_AnswerIsAsBefore_IsTheSameValueUntilItChanges()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]);
        await client.CreateAsync(Config(), Cancellation);

        VmInfo first = await client.InfoAsync(Cancellation);
        VmInfo second = await client.InfoAsync(Cancellation);
        await client.BootAsync(Cancellation);
        VmInfo third = await client.InfoAsync(Cancellation);

        Assert.Same(first, second);
        Assert.Equal((VmState.Created, VmState.Running), (first.State, third.State));
    }

    [Fact]
    public async Task BootAsync_NoConfiguration_CarriesStatusAndChain()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]);

        VmmApiException error = await Assert.ThrowsAsync<VmmApiException>(() => client.BootAsync(Cancellation));

        Assert.Equal(("vm.boot", 404), (error.Operation, error.Status));
        Assert.Equal(["Error from API", "The VM could not boot", "VM config is missing"], error.Causes);
        Assert.Equal("53.0.0", (await client.PingAsync(Cancellation)).Version);
    }

    [Theory]
    [InlineData(StandInFaultKind.Refuse, "Error from API|The outer cause|The inner cause")]
    [InlineData(StandInFaultKind.RefuseInvalidJson, "{ \"error\": \"First line\nSecond line\" }")]
    [InlineData(StandInFaultKind.RefuseSilently, "")]
    public async Task PauseAsync_Refused_IsAnApiError(StandInFaultKind fault, string causes)
    {
        await using StandInVmm vmm = new(_folder["s"], "vm.pause", fault);
        await using CloudHypervisorClient client = new(_folder["s"]);

        VmmApiException error = await Assert.ThrowsAsync<VmmApiException>(() => client.PauseAsync(Cancellation));

        Assert.Equal((500, causes), (error.Status, string.Join('|', error.Causes)));
    }

    [Theory]
    [InlineData(StandInFaultKind.Close)]
    [InlineData(StandInFaultKind.Cut)]
    [InlineData(StandInFaultKind.Garbage)]
    [InlineData(StandInFaultKind.NotJson)]
    [InlineData(StandInFaultKind.Panic)]
    public async Task InfoAsync_BrokenAnswer_IsAConnectionError(StandInFaultKind fault)
    {
        await using StandInVmm vmm = new(_folder["s"], "vm.info", fault);
        await using CloudHypervisorClient client = new(_folder["s"]);

        VmmConnectionException error = await Assert.ThrowsAsync<VmmConnectionException>(() => client.InfoAsync(Cancellation));

        Assert.Equal("vm.info", error.Operation);
    }

    [Fact]
    public async Task PingAsync_NoAnswer_EndsByTheDeadline()
    {
        await using StandInVmm vmm = new(_folder["s"], "vmm.ping", StandInFaultKind.Hang);
        await using CloudHypervisorClient client = new(_folder["s"]) { RequestLimit = TimeSpan.FromMilliseconds(50) };

        await Assert.ThrowsAsync<VmmConnectionException>(() => client.PingAsync(Cancellation));
    }

    [Fact]
    public async Task PingAsync_Cancelled_IsCancelled()
    {
        await using StandInVmm vmm = new(_folder["s"], "vmm.ping", StandInFaultKind.Hang);
        await using CloudHypervisorClient client = new(_folder["s"]);
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PingAsync(cancel.Token));
    }

    [Fact]
    public async Task PingAsync_NobodyListens_IsAConnectionError()
    {
        await using CloudHypervisorClient client = new(_folder["s"]);

        await Assert.ThrowsAsync<VmmConnectionException>(() => client.PingAsync(Cancellation));
    }

    [Fact]
    public async Task PingAsync_ManyAtOnce_AllAnswered()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]);

        VmmPing[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.PingAsync(Cancellation)));

        Assert.All(answers, answer => Assert.Equal("v53.0", answer.BuildVersion));
    }

    [Fact]
    public async Task PingAsync_VmmRestartedMeanwhile_ReconnectsByItself()
    {
        await using CloudHypervisorClient client = new(_folder["s"]);
        for (int i = 0; i < 3; i++)
        {
            await using StandInVmm vmm = new(_folder["s"]);
            await client.PingAsync(Cancellation);
        }
    }

    [Fact]
    public async Task CreateAsync_BodyOverTheLimit_IsRefusedBeforeItIsSent()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]);
        VmConfig config = Config() with { Payload = new PayloadConfig { Kernel = "/bin/sh", Cmdline = new string('x', 51_200) } };

        await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => client.CreateAsync(config, Cancellation));

        Assert.Empty(vmm.Requests);
    }

    private static VmConfig Config() => new() { Payload = new PayloadConfig { Kernel = "/bin/sh" } };
}
