using Microsoft.Win32.SafeHandles;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>Changes of running machines, snapshots and clones, on the stand-in as a program of its own.</summary>
public sealed class CloudHypervisorChangesTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    public CloudHypervisorChangesTests()
    {
        File.WriteAllText(_folder["kernel"], "kernel");
        using FileStream disk = new(_folder["disk"], FileMode.Create);
        disk.SetLength(1 << 20);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddDiskAsync_GuestThatNeverLetsGo_IsAddedAndItsRemovalTimesOut()
    {
        await using IMachine machine = await StartAsync(Spec("a"));

        string id = await machine.AddDiskAsync(new DiskSpec(_folder["disk"]), Cancellation);

        VmInfo info = await InfoAsync("a");
        Assert.Equal((id, DiskImageType.Raw, true), Assert.Single(info.Config.Disks!) is var disk ? (disk.Id, disk.ImageType, disk.Readonly) : default);
        Assert.Contains(id, info.DeviceTree!.Keys);
        for (int i = 0; i < 2; i++)
        {
            // Asked for again, a pending removal is refused by the program like an unknown name.
            DeviceRemovalException error = await Assert.ThrowsAsync<DeviceRemovalException>(
                () => machine.RemoveDeviceAsync(id, TimeSpan.FromMilliseconds(100), Cancellation));
            Assert.Equal(id, error.DeviceId);
        }

        VmmApiException unknown = await Assert.ThrowsAsync<VmmApiException>(
            () => machine.RemoveDeviceAsync("nosuch", TimeSpan.FromSeconds(60), Cancellation));
        Assert.Equal(500, unknown.Status);
    }

    [Fact]
    public async Task StartAsync_CardByDescriptor_ReachesTheVmm()
    {
        using SafeFileHandle tap = File.OpenHandle(_folder["tap"], FileMode.Create, FileAccess.ReadWrite);

        await using IMachine machine = await StartAsync(Spec("a") with { Nics = [NicSpec.FromDescriptor(tap, "02:00:5e:10:00:01")] });

        NetConfig card = Assert.Single((await InfoAsync("a")).Config.Net!);
        Assert.Equal(("net0", "02:00:5e:10:00:01", 1), (card.Id, card.Mac, card.Fds?.Count));
        Assert.Null(card.Tap);
    }

    [Fact]
    public async Task Resize_CpusMemoryAndBalloon_IsWhatTheVmmWasAskedFor()
    {
        await using IMachine growing = await StartAsync(Spec("a") with { MaxVcpuCount = 4, MaxMemoryMib = 384 });
        await growing.ResizeCpusAsync(2, Cancellation);
        await growing.ResizeMemoryAsync(256, Cancellation);
        Assert.Equal(2, (await InfoAsync("a")).Config.Cpus!.BootVcpus);
        Assert.Equal(256L << 20, (await InfoAsync("a")).MemoryActualSize);
        await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => growing.ResizeMemoryAsync(64, Cancellation));
        await Assert.ThrowsAsync<VmmApiException>(() => growing.ResizeCpusAsync(5, Cancellation));

        await using IMachine soft = await StartAsync(Spec("b") with { Balloon = true });
        await soft.SetBalloonAsync(32, Cancellation);
        Assert.Equal(32, (await soft.QueryBalloonAsync(Cancellation)).TargetMib);
    }

    [Fact]
    public async Task Capabilities_PlainMachine_LackWhatItsDescriptionLacks()
    {
        await using IMachine machine = await StartAsync(Spec("a"));

        MachineCapabilities lacking =
            MachineCapabilities.CpuResize | MachineCapabilities.MemoryResize | MachineCapabilities.MemoryBalloon | MachineCapabilities.CoreDump;
        Assert.Equal(MachineCapabilities.None, machine.Capabilities & lacking);
        HypervisorUnsupportedException error =
            await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => machine.ResizeCpusAsync(2, Cancellation));
        Assert.Equal(MachineCapabilities.CpuResize, error.Missing);
        await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => machine.CoreDumpAsync(_folder["core"], Cancellation));
    }

    [Fact]
    public async Task PauseAndResume_Twice_DoNothingTheSecondTime()
    {
        await using IMachine machine = await StartAsync(Spec("a"));

        await machine.PauseAsync(Cancellation);
        await machine.PauseAsync(Cancellation);
        Assert.Equal(MachineState.Paused, await machine.QueryStateAsync(Cancellation));
        await machine.ResumeAsync(Cancellation);
        await machine.ResumeAsync(Cancellation);
        Assert.Equal(MachineState.Running, await machine.QueryStateAsync(Cancellation));
        await machine.NmiAsync(Cancellation);
    }

    [Fact]
    public async Task RestoreAsync_Snapshot_TakesTheCheapestModeThatTheProgramHas()
    {
        await using IMachine machine = await StartAsync(Spec("a"));
        SnapshotFacts facts = await machine.SnapshotAsync(_folder["snap"], null, Cancellation);
        Assert.Equal((HypervisorKind.CloudHypervisor, 128), (facts.Hypervisor, facts.MemoryMib));
        IHypervisor hypervisor = await SelectAsync();

        RestoreResult clone = await hypervisor.RestoreAsync(Spec("b"), _folder["snap"], null, Cancellation);
        await using IMachine first = clone.Machine;
        RestoreResult copy = await hypervisor.RestoreAsync(
            Spec("c"), _folder["snap"], new RestoreOptions { MemoryMode = MemoryMode.Copy, Resume = false }, Cancellation);
        await using IMachine second = copy.Machine;

        // The stand-in knows OnDemand, as v53 does, and not CopyOnWrite; its state has no memory that could be mapped.
        Assert.Equal((MemoryMode.OnDemand, MemoryMode.Copy), (clone.MemoryMode, copy.MemoryMode));
        Assert.Equal(MachineState.Running, await first.QueryStateAsync(Cancellation));
        Assert.Equal(MachineState.Paused, await second.QueryStateAsync(Cancellation));
        await first.Serial.TypeAsync("x", Cancellation);
        await first.Serial.SeeAsync("guest: echo x", Cancellation);
        await first.KillAsync();
        Assert.False(Directory.Exists(_folder["b"]));
    }

    [Theory]
    [InlineData(MemoryMode.CopyOnWrite)]
    [InlineData(MemoryMode.PrivateFile)]
    public async Task RestoreAsync_ModeThatIsNotThere_IsUnsupportedAndLeavesNothing(MemoryMode mode)
    {
        await using IMachine machine = await StartAsync(Spec("a"));
        await machine.SnapshotAsync(_folder["snap"], null, Cancellation);
        IHypervisor hypervisor = await SelectAsync();

        HypervisorUnsupportedException error = await Assert.ThrowsAsync<HypervisorUnsupportedException>(
            () => hypervisor.RestoreAsync(Spec("b"), _folder["snap"], new RestoreOptions { MemoryMode = mode }, Cancellation));

        Assert.Contains(mode.ToString(), error.Message);
        Assert.False(Directory.Exists(_folder["b"]));
    }

    [Fact]
    public async Task RestoreAsync_OneModeFailsInTheProgram_TheNextIsTaken()
    {
        await using IMachine machine = await StartAsync(Spec("a"));
        await machine.SnapshotAsync(_folder["snap"], null, Cancellation);

        // The first three requests are questions about modes; the fourth is the restore by the cheapest of them.
        IHypervisor hypervisor = await SelectAsync(new StandInFault("vm.restore", StandInFaultKind.Refuse, 4));

        RestoreResult result = await hypervisor.RestoreAsync(Spec("b"), _folder["snap"], null, Cancellation);

        await using IMachine clone = result.Machine;
        Assert.Equal(MemoryMode.Copy, result.MemoryMode);
    }

    [Fact]
    public async Task SnapshotAsync_Fails_LeavesNoFile()
    {
        IHypervisor hypervisor = await SelectAsync(new StandInFault("vm.snapshot", StandInFaultKind.Refuse));
        await using IMachine machine = await hypervisor.StartAsync(Spec("a"), Cancellation);

        await Assert.ThrowsAsync<VmmApiException>(() => machine.SnapshotAsync(_folder["snap"], null, Cancellation));

        Assert.False(Directory.Exists(_folder["snap"]));
        Assert.Equal(MachineState.Paused, await machine.QueryStateAsync(Cancellation));
    }

    [Fact]
    public async Task AdoptAsync_LivingMachine_AnswersAndEndsByItsButton()
    {
        await using IMachine machine = await StartAsync(Spec("a"));
        IHypervisor hypervisor = await SelectAsync();

        await using IMachine? adopted = await hypervisor.AdoptAsync(Spec("a"), machine.Identity, Cancellation);

        Assert.NotNull(adopted);
        Assert.Equal((machine.Identity, machine.Capabilities), (adopted.Identity, adopted.Capabilities));
        await adopted.PauseAsync(Cancellation);
        Assert.Equal(MachineState.Paused, await machine.QueryStateAsync(Cancellation));
        StopOutcome outcome = await adopted.StopAsync(TimeSpan.FromMinutes(1), Cancellation);
        Assert.Equal((StopStage.PowerButton, MachineExitCause.GuestPowerOff), (outcome.Stage, outcome.Exit.Cause));
        await machine.Exited.WaitAsync(Cancellation);
        Assert.False(Directory.Exists(_folder["a"]));
        Assert.Null(await hypervisor.AdoptAsync(Spec("a"), machine.Identity, Cancellation));
    }

    private async Task<VmInfo> InfoAsync(string name)
    {
        await using CloudHypervisorClient client = new(_folder[name + "/api.sock"]);
        return await client.InfoAsync(Cancellation);
    }

    private async Task<IMachine> StartAsync(MachineSpec spec) => await (await SelectAsync()).StartAsync(spec, Cancellation);

    private async Task<IHypervisor> SelectAsync(params StandInFault[] faults)
    {
        string program = _folder["cloud-hypervisor" + string.Join('-', faults.Select(fault => fault.Operation))];
        if (!File.Exists(program))
        {
            StandInProgram.Write(program, faults);
        }

        return await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor, CloudHypervisorPath = program }, Cancellation);
    }

    private MachineSpec Spec(string name) => new()
    {
        Name = name,
        MemoryMib = 128,
        KernelPath = _folder["kernel"],
        RunDirectory = _folder[name],
        LogDirectory = _folder["log-" + name],
    };
}
