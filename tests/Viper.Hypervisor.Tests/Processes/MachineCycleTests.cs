using System.Diagnostics;
using Viper.TestKit;

namespace Viper.Hypervisor.Tests.Processes;

/// <summary>Many machines one after the other, and many at once. Counts what this whole program holds, so nothing runs beside it.</summary>
[Collection(nameof(ChildProcessTests))]
public sealed class MachineCycleTests
{
    private const int AtOnce = 200;
    private const int ThreadsAllowed = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_ManyCycles_LeaveNothing()
    {
        int cycles = SoakReport.Count(ci: 500, soak: 10_000);
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync();
        for (int i = 0; i < 20; i++)
        {
            await CycleAsync(vmm, hypervisor, i);
        }

        (int descriptors, int threads) = (Descriptors(), Threads());
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < cycles; i++)
        {
            await CycleAsync(vmm, hypervisor, i);
        }

        double milliseconds = watch.Elapsed.TotalMilliseconds / cycles;
        Assert.Equal(["kernel", "log", "qemu", "run"], Directory.GetFileSystemEntries(vmm.Folder).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(vmm.Folder, "run")));
        Assert.InRange(Threads() - threads, int.MinValue, ThreadsAllowed);

        // Sockets that were closed a moment ago may still be on their way through the runtime's own loop.
        int more = Descriptors() - descriptors;
        Assert.InRange(more, int.MinValue, 3);
        SoakReport.Write("hypervisor-cycles", ("cycles", cycles), ("ms_per_cycle", milliseconds), ("descriptors_more", more), ("threads_more", Threads() - threads));
    }

    [Fact]
    public async Task StartAsync_TwoHundredAtOnce_AreSupervisedWithoutAThreadEach()
    {
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync();
        await CycleAsync(vmm, hypervisor, 0);
        (int descriptors, int threads) = (Descriptors(), Threads());
        MachineSpec[] specs = [.. Enumerable.Range(0, AtOnce).Select(i => vmm.Spec($"m{i}"))];
        List<IMachine> machines = [];
        try
        {
            foreach (MachineSpec spec in specs)
            {
                machines.Add(await hypervisor.StartAsync(spec, Cancellation));
            }

            Assert.InRange(Threads() - threads, int.MinValue, ThreadsAllowed);
            Assert.All(machines, machine => Assert.True(machine.Identity.IsAlive()));

            // Each is still heard: none of them starves another.
            await Task.WhenAll(machines.Select(machine => EchoAsync(machine, 'x')));
        }
        finally
        {
            machines.ForEach(machine => machine.Identity.KillIfSame());
        }

        MachineExit[] exits = await Task.WhenAll(machines.Select(machine => machine.Exited)).WaitAsync(Cancellation);
        Assert.All(exits, exit => Assert.Equal((MachineExitCause.Signalled, 9), (exit.Cause, exit.Signal)));
        Assert.All(specs.Zip(machines), pair => TrivialVmm.AssertGone(pair.First, pair.Second.Identity));
        Assert.InRange(Descriptors() - descriptors, int.MinValue, 3);
    }

    // A machine, and one of the ways in which it can end.
    private static async Task CycleAsync(TrivialVmm vmm, IHypervisor hypervisor, int number)
    {
        MachineSpec spec = vmm.Spec();
        await using IMachine machine = await hypervisor.StartAsync(spec, Cancellation);
        switch (number % 5)
        {
            case 0:
                await machine.KillAsync();
                break;
            case 1:
                Assert.Equal(StopStage.Quit, (await machine.StopAsync(TimeSpan.Zero, Cancellation)).Stage);
                break;
            case 2:
                Assert.Equal(StopStage.PowerButton, (await machine.StopAsync(TimeSpan.FromMinutes(2), Cancellation)).Stage);
                break;
            case 3:
                await machine.Serial.WriteAsync("q"u8.ToArray(), Cancellation);
                Assert.Equal(MachineExitCause.GuestPowerOff, (await machine.Exited.WaitAsync(Cancellation)).Cause);
                break;
            default:
                machine.Identity.KillIfSame();
                Assert.Equal(MachineExitCause.Signalled, (await machine.Exited.WaitAsync(Cancellation)).Cause);
                break;
        }

        TrivialVmm.AssertGone(spec, machine.Identity);
    }

    private static async Task EchoAsync(IMachine machine, char key)
    {
        await machine.Serial.WriteAsync(new[] { (byte)key }, Cancellation);
        await foreach (SerialLine line in machine.Serial.Lines(Cancellation))
        {
            if (line.Text == $"echo {key}")
            {
                return;
            }
        }

        Assert.Fail("The port ended before it echoed.");
    }

    private static int Threads() => Directory.GetDirectories("/proc/self/task").Length;

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
