using System.Diagnostics;
using System.Globalization;
using System.Text;
using Viper.Hypervisor;
using Viper.Stage;

namespace Viper.Bench.Hypervisor;

/// <summary>A machine's beginning and end under supervision, beside a QEMU that is only spawned and told; and how soon an end is noticed.</summary>
internal sealed class LifeBench(string folder, string run, FloorPrograms floors)
{
    private const int Rounds = 41;

    // The runtime compiles what has run thirty times anew; a daemon's code has.
    private const int WarmUp = 60;
    private const int Ends = 300;
    private const double Bar = 1.15;
    private const double NoticeBar = 5;

    public async Task<IReadOnlyList<BenchRow>> RunAsync(CancellationToken cancellationToken)
    {
        string cycle = await floors.CompileAsync("qemu_cycle", cancellationToken);
        IHypervisor qemu = await HypervisorSelection.SelectAsync(new HypervisorOptions { Choice = HypervisorChoice.Qemu }, cancellationToken);
        string[] command = await CaptureAsync(qemu, cancellationToken);
        for (int i = 0; i < WarmUp; i++)
        {
            await OursAsync(qemu, cancellationToken);
        }

        List<(double Ours, double Floor)> starts = [];
        List<(double Ours, double Floor)> stops = [];
        for (int i = -2; i < Rounds; i++)
        {
            (double Start, double Stop) bare = i % 2 == 0 ? await BareAsync(cycle, command, cancellationToken) : default;
            (double Start, double Stop) ours = await OursAsync(qemu, cancellationToken);
            bare = i % 2 == 0 ? bare : await BareAsync(cycle, command, cancellationToken);
            if (i >= 0)
            {
                starts.Add((ours.Start, bare.Start));
                stops.Add((ours.Stop, bare.Stop));
            }
        }

        return
        [
            Statistics.Paired("spawn_to_running", "ms", starts, Bar),
            Statistics.Paired("stop_to_gone", "ms", stops, Bar),
            await NoticeAsync(cancellationToken),
        ];
    }

    private MachineSpec Spec(string name) => new()
    {
        Name = name,
        KernelPath = Path.Combine(folder, "kernel"),
        CommandLine = "console=ttyS0",
        MemoryMib = 256,
        RunDirectory = Path.Combine(run, "vm"),
        LogDirectory = Path.Combine(folder, "log"),
    };

    private async Task<string[]> CaptureAsync(IHypervisor qemu, CancellationToken cancellationToken)
    {
        await using IMachine machine = await qemu.StartAsync(Spec("capture"), cancellationToken);
        string process = "/proc/" + machine.Identity.Pid.ToString(CultureInfo.InvariantCulture);
        byte[] words = await File.ReadAllBytesAsync(process + "/cmdline", cancellationToken);
        return Encoding.UTF8.GetString(words).TrimEnd('\0').Split('\0');
    }

    private async Task<(double Start, double Stop)> OursAsync(IHypervisor qemu, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        await using IMachine machine = await qemu.StartAsync(Spec("bench"), cancellationToken);
        double start = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        long order = Stopwatch.GetTimestamp();
        StopOutcome outcome = await machine.StopAsync(TimeSpan.Zero, cancellationToken);
        double stop = Stopwatch.GetElapsedTime(order).TotalMilliseconds;
        return outcome.Stage == StopStage.Quit ? (start, stop) : throw new StageException($"QEMU ended by {outcome.Stage}, not as told.");
    }

    private async Task<(double Start, double Stop)> BareAsync(string cycle, string[] command, CancellationToken cancellationToken)
    {
        string[] words = (await FloorPrograms.RunAsync(cycle, [run, .. command], cancellationToken)).Split(' ');
        return (double.Parse(words[0], CultureInfo.InvariantCulture) / 1e6, double.Parse(words[1], CultureInfo.InvariantCulture) / 1e6);
    }

    // From SIGKILL by somebody else until the machine is known to be gone and all that it had is removed.
    private async Task<BenchRow> NoticeAsync(CancellationToken cancellationToken)
    {
        string program = await floors.CompileAsync("trivial_vmm", cancellationToken);
        IHypervisor trivial = await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuPath = program, Accelerator = AcceleratorChoice.Tcg }, cancellationToken);
        List<double> times = [];
        for (int i = -20; i < Ends; i++)
        {
            await using IMachine machine = await trivial.StartAsync(Spec("end"), cancellationToken);
            long killed = Stopwatch.GetTimestamp();
            machine.Identity.KillIfSame();
            await machine.Exited.WaitAsync(cancellationToken);
            if (i >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
            }
        }

        times.Sort();
        return new BenchRow
        {
            Name = "exit_notice_p99_ms",
            Metric = "p99",
            Unit = "ms",
            Ours = Math.Round(times[(int)(times.Count * 0.99)], 3),
            Rounds = times.Count,
            MaxValue = NoticeBar,
        };
    }
}
