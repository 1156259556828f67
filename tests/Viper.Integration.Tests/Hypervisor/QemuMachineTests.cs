using System.Diagnostics;
using Viper.Hypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Real guests under QEMU, whatever accelerator this host has.</summary>
public sealed class QemuMachineTests : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(2);

    private readonly ShortFolder _folder = new();
    private readonly CancellationTokenSource _deadline =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public QemuMachineTests() => _deadline.CancelAfter(TimeSpan.FromMinutes(3));

    private CancellationToken Deadline => _deadline.Token;

    public void Dispose()
    {
        _deadline.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(QemuMachineType.Microvm, true)]
    [InlineData(QemuMachineType.Microvm, false)]
    [InlineData(QemuMachineType.Q35, true)]
    public async Task StartAsync_RealKernel_GuestTalksAndPowersOff(QemuMachineType type, bool vmlinux)
    {
        MachineSpec spec = MachineSpecs.Small(await TestGuest.GetAsync(), _folder);
        spec = vmlinux ? spec : spec with { VmlinuxPath = null };
        long started = Stopwatch.GetTimestamp();
        await using IMachine machine = await StartAsync(spec, type);
        TimeSpan running = Stopwatch.GetElapsedTime(started);
        await machine.Serial.SeeAsync("guest: ready", Deadline);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{type} vmlinux={vmlinux}: running {running.TotalMilliseconds:F0} ms, ready {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");

        await machine.Serial.TypeAsync("q", Deadline);
        MachineExit exit = await machine.Exited.WaitAsync(Deadline);

        Assert.Equal(MachineExitCause.GuestPowerOff, exit.Cause);
        Assert.Equal(0, exit.ExitCode);
        Assert.False(machine.Identity.IsAlive());
        Assert.False(Directory.Exists(spec.RunDirectory));
        Assert.Contains("guest: off", await File.ReadAllTextAsync(Path.Combine(spec.LogDirectory, "serial.log"), Deadline));
    }

    [Theory]
    [InlineData(QemuMachineType.Microvm)]
    [InlineData(QemuMachineType.Q35)]
    public async Task StopAsync_GuestThatHearsTheButton_StopsByPowerButton(QemuMachineType type)
    {
        await using IMachine machine = await StartReadyAsync(type);

        StopOutcome outcome = await machine.StopAsync(s_grace, Deadline);

        Assert.Equal(StopStage.PowerButton, outcome.Stage);
        Assert.Equal(MachineExitCause.GuestPowerOff, outcome.Exit.Cause);
    }

    [Fact]
    public async Task StopAsync_NoGrace_StopsByQuit()
    {
        await using IMachine machine = await StartReadyAsync();

        StopOutcome outcome = await machine.StopAsync(TimeSpan.Zero, Deadline);

        Assert.Equal(StopStage.Quit, outcome.Stage);
        Assert.Equal(MachineExitCause.Requested, outcome.Exit.Cause);
        Assert.Equal(StopStage.AlreadyGone, (await machine.StopAsync(s_grace, Deadline)).Stage);
    }

    [Fact]
    public async Task StopAsync_StoppedProcess_EndsByKill()
    {
        await using IMachine machine = await StartReadyAsync();
        await ToolRun.RunAsync("kill", ["-STOP", $"{machine.Identity.Pid}"]);

        StopOutcome outcome = await machine.StopAsync(TimeSpan.FromMilliseconds(200), Deadline);

        Assert.Equal(StopStage.Kill, outcome.Stage);
        Assert.Equal(MachineExitCause.Requested, outcome.Exit.Cause);
    }

    [Fact]
    public async Task PauseAsync_RunningGuest_AnswersOnlyAfterResume()
    {
        await using IMachine machine = await StartReadyAsync();

        await machine.PauseAsync(Deadline);
        await machine.Serial.TypeAsync("a", Deadline);
        await machine.PowerButtonAsync(Deadline);
        int before = machine.Serial.GetReplay().Length;
        await machine.PauseAsync(Deadline);
        Assert.Equal(before, machine.Serial.GetReplay().Length);
        await machine.ResumeAsync(Deadline);

        await machine.Exited.WaitAsync(Deadline);
        Assert.Contains("guest: echo a", System.Text.Encoding.UTF8.GetString(machine.Serial.GetReplay()));
    }

    [Fact]
    public async Task StopAsync_PausedGuest_StopsByPowerButton()
    {
        await using IMachine machine = await StartReadyAsync();
        await machine.PauseAsync(Deadline);

        Assert.Equal(StopStage.PowerButton, (await machine.StopAsync(s_grace, Deadline)).Stage);
    }

    [Fact]
    public async Task Exited_ProcessKilledFromOutside_SaysSignalled()
    {
        await using IMachine machine = await StartReadyAsync();

        Assert.True(machine.Identity.KillIfSame());
        MachineExit exit = await machine.Exited.WaitAsync(Deadline);

        Assert.Equal(MachineExitCause.Signalled, exit.Cause);
        Assert.Equal(9, exit.Signal);
        Assert.False(machine.Identity.IsAlive());
        await Assert.ThrowsAsync<MachineGoneException>(() => machine.PauseAsync(Deadline));
    }

    [Theory]
    [InlineData("r")]
    [InlineData("p")]
    public async Task Exited_GuestResetsOrPanics_SaysGuestReset(string key)
    {
        await using IMachine machine = await StartReadyAsync();

        await machine.Serial.TypeAsync(key, Deadline);

        Assert.Equal(MachineExitCause.GuestReset, (await machine.Exited.WaitAsync(Deadline)).Cause);
    }

    [Fact]
    public async Task Serial_GuestFloodsWithJunk_LinesStayBoundedAndGuestRuns()
    {
        await using IMachine machine = await StartReadyAsync();

        await machine.Serial.TypeAsync("f", Deadline);
        await machine.Serial.SeeAsync("guest: flood over", Deadline);
        await machine.Serial.TypeAsync("z", Deadline);
        await machine.Serial.SeeAsync("guest: echo z", Deadline);

        Assert.Equal(SerialConsole.ReplayLimit, machine.Serial.GetReplay().Length);
    }

    [Fact]
    public async Task StartAsync_Root_VmmRunsAsOrdinaryUserInSandbox()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give up being root.");
        await using IMachine machine = await StartReadyAsync();

        string status = await File.ReadAllTextAsync($"/proc/{machine.Identity.Pid}/status", Deadline);

        Assert.DoesNotContain("\nUid:\t0\t", status);
        Assert.Contains("\nCapEff:\t0000000000000000\n", status);
        Assert.Contains("\nSeccomp:\t2\n", status);
    }

    [Theory]
    [InlineData(QemuMachineType.Microvm)]
    [InlineData(QemuMachineType.Q35)]
    public async Task StartAsync_DiskSharedByTwoMachines_BothReadIt(QemuMachineType type)
    {
        // The comma would break the key=value form of the option.
        string disk = _folder["disk, one.img"];
        await File.WriteAllBytesAsync(disk, [.. "shared bytes\n"u8, .. new byte[1 << 20]], Deadline);
        MachineSpec spec = MachineSpecs.Small(await TestGuest.GetAsync(), _folder) with { Disks = [new DiskSpec(disk)] };
        MachineSpec other = spec with { Name = "other", RunDirectory = _folder["run2"], LogDirectory = _folder["log2"] };
        await using IMachine first = await StartAsync(spec, type);
        await using IMachine second = await StartAsync(other, type);

        foreach (IMachine machine in (IMachine[])[first, second])
        {
            await machine.Serial.SeeAsync("guest: ready", Deadline);
            await machine.Serial.TypeAsync("d", Deadline);
            await machine.Serial.SeeAsync("guest: disk shared bytes", Deadline);
        }
    }

    private async Task<IMachine> StartReadyAsync(QemuMachineType type = QemuMachineType.Microvm)
    {
        IMachine machine = await StartAsync(MachineSpecs.Small(await TestGuest.GetAsync(), _folder), type);
        await machine.Serial.SeeAsync("guest: ready", Deadline);
        return machine;
    }

    private async Task<IMachine> StartAsync(MachineSpec spec, QemuMachineType type = QemuMachineType.Microvm)
    {
        IHypervisor qemu = await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuMachine = type }, Deadline);
        return await qemu.StartAsync(spec, Deadline);
    }
}
