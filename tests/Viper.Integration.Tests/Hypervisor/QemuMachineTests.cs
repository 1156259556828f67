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

    public QemuMachineTests() => _deadline.CancelAfter(TimeSpan.FromMinutes(5));

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
