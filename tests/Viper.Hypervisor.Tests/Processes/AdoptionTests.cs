using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Tests.Processes;

/// <summary>A machine whose daemon was killed, and the daemon after it.</summary>
public sealed class AdoptionTests : IAsyncLifetime
{
    private TrivialVmm? _vmm;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => _vmm!.Folder;

    private MachineSpec Spec => EarlierDaemon.Spec(Folder);

    public async ValueTask InitializeAsync() => _vmm = await TrivialVmm.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _vmm!.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AdoptAsync_DaemonWasKilled_TheMachineLivesAndIsRunOn()
    {
        ProcessIdentity identity = await EarlierDaemon.StartMachineAsync(Folder, Cancellation);
        Assert.True(identity.IsAlive());
        IHypervisor hypervisor = await HypervisorSelection.SelectAsync(EarlierDaemon.Options(Folder), Cancellation);

        await using IMachine? machine = await hypervisor.AdoptAsync(Spec, identity, Cancellation);

        Assert.NotNull(machine);
        Assert.Equal(identity, machine.Identity);
        Assert.Equal(MachineState.Running, await machine.QueryStateAsync(Cancellation));
        Assert.Equal(CgroupHost.Shared.Version, machine.Confinement.Version);
        Assert.Equal(CgroupHost.Shared.Version != CgroupVersion.None, machine.Confinement.ProcessCountLimited);

        List<StopStep> steps = [];
        StopOutcome outcome = await machine.StopAsync(TimeSpan.FromMinutes(2), new Steps(steps), Cancellation);
        Assert.Equal(StopStage.PowerButton, outcome.Stage);
        Assert.Equal([StopStep.PowerButton, StopStep.Gone], steps);
        TrivialVmm.AssertGone(Spec, identity);
    }

    [Fact]
    public async Task AdoptAsync_VmmPrintedBetweenTheDaemons_TheLogHasIt()
    {
        ProcessIdentity identity = await EarlierDaemon.StartMachineAsync(Folder, Cancellation);
        IHypervisor hypervisor = await HypervisorSelection.SelectAsync(EarlierDaemon.Options(Folder), Cancellation);
        await using IMachine? machine = await hypervisor.AdoptAsync(Spec, identity, Cancellation);

        await machine!.Serial.WriteAsync("p"u8.ToArray(), Cancellation);
        await foreach (SerialLine line in machine.Serial.Lines(Cancellation))
        {
            if (line.Text == "echo p")
            {
                break;
            }
        }

        await machine.KillAsync();
        Assert.Equal("printed\n", await File.ReadAllTextAsync(Path.Combine(Spec.LogDirectory, "vmm.log"), Cancellation));
    }

    [Fact]
    public async Task AdoptAsync_ProcessIsGone_CleansWhatItLeft()
    {
        ProcessIdentity identity = await EarlierDaemon.StartMachineAsync(Folder, Cancellation);
        identity.KillIfSame();
        await identity.WaitForExitAsync(Cancellation);
        Assert.NotEmpty(Directory.GetFileSystemEntries(Spec.RunDirectory));
        IHypervisor hypervisor = await HypervisorSelection.SelectAsync(EarlierDaemon.Options(Folder), Cancellation);

        Assert.Null(await hypervisor.AdoptAsync(Spec, identity, Cancellation));

        TrivialVmm.AssertGone(Spec, identity);
    }

    [Fact]
    public async Task AdoptAsync_IdentityOfAnotherProcess_TouchesNothing()
    {
        ProcessIdentity identity = await EarlierDaemon.StartMachineAsync(Folder, Cancellation);
        IHypervisor hypervisor = await HypervisorSelection.SelectAsync(EarlierDaemon.Options(Folder), Cancellation);

        // As a record of an earlier run would have it: the same number, another process.
        Assert.Null(await hypervisor.AdoptAsync(Spec, identity with { StartTicks = identity.StartTicks - 1 }, Cancellation));

        Assert.True(identity.IsAlive());
        await using IMachine? machine = await hypervisor.AdoptAsync(Spec, identity, Cancellation);
        Assert.NotNull(machine);
    }

    [Fact]
    public async Task RemoveControlGroupAsync_DeadMachine_RemovesIt()
    {
        ProcessIdentity identity = await EarlierDaemon.StartMachineAsync(Folder, Cancellation);
        identity.KillIfSame();
        await identity.WaitForExitAsync(Cancellation);

        await MachineRemains.RemoveControlGroupAsync(Spec.RunDirectory);

        Assert.All(TrivialVmm.Groups(Spec), group => Assert.False(Directory.Exists(group)));
    }

    private sealed class Steps(List<StopStep> steps) : IProgress<StopReport>
    {
        public void Report(StopReport value) => steps.Add(value.Step);
    }
}
