using Viper.Hypervisor.CloudHypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>Whole machines on the stand-in as a program of its own.</summary>
public sealed class CloudHypervisorMachineTests : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);

    private readonly ShortFolder _folder = new();
    private readonly ShortFolder _files = new();

    public CloudHypervisorMachineTests() => File.WriteAllText(_files["kernel"], "kernel");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task StartAsync_StandIn_RunsTalksAndStopsByPowerButton()
    {
        IHypervisor hypervisor = await SelectAsync();
        Assert.Equal(("cloud-hypervisor v53.0", "cloud-hypervisor"), (hypervisor.Info.Version, hypervisor.Info.MachineType));
        await using IMachine machine = await hypervisor.StartAsync(Spec(), Cancellation);
        await machine.Serial.SeeAsync("guest: up", Cancellation);
        await machine.Serial.TypeAsync("x", Cancellation);
        await machine.Serial.SeeAsync("guest: echo x", Cancellation);
        await machine.PauseAsync(Cancellation);
        await machine.ResumeAsync(Cancellation);
        await machine.PauseAsync(Cancellation);

        StopOutcome outcome = await machine.StopAsync(s_grace, Cancellation);

        Assert.Equal((StopStage.PowerButton, MachineExitCause.GuestPowerOff), (outcome.Stage, outcome.Exit.Cause));
        Assert.Contains("guest: power button", await File.ReadAllTextAsync(_folder["log/serial.log"], Cancellation));
        AssertGone(machine);
    }

    [Fact]
    public async Task StopAsync_GuestThatIgnoresTheButton_StopsByQuit()
    {
        await using IMachine machine = await StartAsync("vm.power-button", StandInFaultKind.Ignore);

        StopOutcome outcome = await machine.StopAsync(TimeSpan.FromMilliseconds(100), Cancellation);

        Assert.Equal((StopStage.Quit, MachineExitCause.Requested), (outcome.Stage, outcome.Exit.Cause));
        AssertGone(machine);
    }

    [Fact]
    public async Task StopAsync_VmmThatAnswersNoMore_EndsAllTheSame()
    {
        await using IMachine machine = await StartAsync("vmm.shutdown", StandInFaultKind.Hang);

        StopOutcome outcome = await machine.StopAsync(TimeSpan.Zero, Cancellation);

        Assert.Equal((StopStage.Terminate, MachineExitCause.Requested), (outcome.Stage, outcome.Exit.Cause));
        AssertGone(machine);
    }

    [Fact]
    public async Task Exited_GuestPowersOff_SaysSo()
    {
        await using IMachine machine = await StartAsync();
        await machine.Serial.TypeAsync("q", Cancellation);

        Assert.Equal(MachineExitCause.GuestPowerOff, (await machine.Exited.WaitAsync(Cancellation)).Cause);
        AssertGone(machine);
    }

    [Fact]
    public async Task Exited_Killed_SaysSignalled()
    {
        await using IMachine machine = await StartAsync();

        Assert.True(machine.Identity.KillIfSame());

        MachineExit exit = await machine.Exited.WaitAsync(Cancellation);
        Assert.Equal((MachineExitCause.Signalled, 9), (exit.Cause, exit.Signal));
        AssertGone(machine);
    }

    [Fact]
    public async Task PauseAsync_VmmPanics_SaysGoneAndWhy()
    {
        await using IMachine machine = await StartAsync("vm.pause", StandInFaultKind.Panic);

        await Assert.ThrowsAsync<MachineGoneException>(() => machine.PauseAsync(Cancellation));

        MachineExit exit = await machine.Exited.WaitAsync(Cancellation);
        Assert.Equal((MachineExitCause.VmmFailed, 1), (exit.Cause, exit.ExitCode));
        Assert.Contains("panicked", exit.LogTail);
        AssertGone(machine);
    }

    [Theory]
    [InlineData("vmm.ping", StandInFaultKind.Close)]
    [InlineData("vmm.ping", StandInFaultKind.Garbage)]
    [InlineData("vm.create", StandInFaultKind.Panic)]
    [InlineData("vm.create", StandInFaultKind.RefuseSilently)]
    [InlineData("vm.boot", StandInFaultKind.Refuse)]
    [InlineData("vm.boot", StandInFaultKind.Panic)]
    [InlineData("vm.boot", StandInFaultKind.Cut)]
    public async Task StartAsync_FaultAtAnyRequest_IsTypedAndLeavesNothing(string operation, StandInFaultKind fault)
    {
        MachineStartException error = await Assert.ThrowsAsync<MachineStartException>(() => StartAsync(operation, fault));

        Assert.IsType<HypervisorException>(error.InnerException, exactMatch: false);
        if (fault == StandInFaultKind.Panic)
        {
            Assert.Equal(1, error.ExitCode);
            Assert.Contains("panicked", error.LogTail);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task StartAsync_CancelledWhileBooting_LeavesNothing()
    {
        IHypervisor hypervisor = await SelectAsync("vm.boot", StandInFaultKind.Hang);
        using CancellationTokenSource cancel = new();
        Task<IMachine> starting = hypervisor.StartAsync(Spec(), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Configure_Spec_NamesEverything()
    {
        MachineSpec spec = Spec() with { VcpuCount = 2, Disks = [new DiskSpec("/d")], Nics = [new NicSpec("vtap0", "02:00:5e:10:00:01")] };

        VmConfig config = MachineConfig.Of(spec, "/run/serial.sock");

        Assert.Equal(new CpusConfig(2, 2), config.Cpus);
        Assert.Equal(new MemoryZoneConfig { Id = "ram", Size = 512L << 20 }, Assert.Single(config.Memory!.Zones!));
        Assert.Equal(new DiskConfig { Id = "disk0", Path = "/d", Readonly = true, ImageType = DiskImageType.Raw }, Assert.Single(config.Disks!));
        Assert.Equal(new NetConfig { Id = "net0", Tap = "vtap0", Mac = "02:00:5e:10:00:01" }, Assert.Single(config.Net!));
        Assert.Equal(SerialConfig.ToSocket("/run/serial.sock"), config.Serial);
        string json = System.Text.Json.JsonSerializer.Serialize(config, CloudHypervisorJson.Default.VmConfig);
        Assert.Contains("""{"cpus":{"boot_vcpus":2,"max_vcpus":2},"memory":{"size":0,"zones":[{"id":"ram","size":536870912}]},"payload":{"kernel":""", json);
        Assert.Contains("""{"mode":"Socket","socket":"/run/serial.sock"},"console":{"mode":"Off"}""", json);
    }

    private async Task<IMachine> StartAsync(string operation = "", StandInFaultKind fault = StandInFaultKind.None) =>
        await (await SelectAsync(operation, fault)).StartAsync(Spec(), Cancellation);

    private async Task<IHypervisor> SelectAsync(string operation = "", StandInFaultKind fault = StandInFaultKind.None)
    {
        string program = _files["cloud-hypervisor"];
        StandInProgram.Write(program, operation, fault);
        return await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor, CloudHypervisorPath = program }, Cancellation);
    }

    private MachineSpec Spec() => new()
    {
        Name = "stand-in",
        KernelPath = _files["kernel"],
        InitramfsPath = _files["kernel"],
        RunDirectory = _folder["run"],
        LogDirectory = _folder["log"],
    };

    private void AssertGone(IMachine machine)
    {
        Assert.False(machine.Identity.IsAlive());
        Assert.False(Directory.Exists(_folder["run"]));
    }
}
