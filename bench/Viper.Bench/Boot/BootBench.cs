using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Viper.Client;
using Viper.Contracts;
using Viper.Stage;

namespace Viper.Bench.Boot;

/// <summary>From the request for a VM to its readiness, through viperd, beside a bare QEMU with the same machine; rounds interleaved.</summary>
internal sealed class BootBench(StageOptions options)
{
    private const string Vm = "bench";
    private const int Rounds = 10;
    private const double Bar = 1.05;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly List<(double Ours, double Floor)> _rounds = [];
    private readonly List<double> _initToAgent = [];
    private readonly List<double> _initToBrowser = [];
    private readonly List<double> _crashNotice = [];
    private readonly List<VmReadyData> _details = [];

    public async Task<IReadOnlyList<BenchRow>> RunAsync(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("viper-bench-").FullName;
        await using ViperStage stage = await ViperStage.StartAsync(options, cancellationToken);
        try
        {
            // The first round warms the page cache and the daemon, gives the command line, and is not counted.
            Console.WriteLine("warming up …");
            QemuCapture capture = await CaptureAsync(stage, folder, cancellationToken);
            BareQemu bare = new(stage, capture);
            for (int i = 1; i <= Rounds; i++)
            {
                // Who goes first changes, so that a drift of the machine favours neither.
                double floor = i % 2 == 0 ? await bare.RunAsync(cancellationToken) : 0;
                double ours = await OursAsync(stage, cancellationToken);
                floor = i % 2 == 0 ? floor : await bare.RunAsync(cancellationToken);
                _rounds.Add((ours, floor));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {i,2} of {Rounds}: viperd {ours,8:0} ms, bare QEMU {floor,8:0} ms, ratio {ours / floor:0.000}"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        PrintDetails();
        return
        [
            Statistics.Paired("create_to_ready", "ms", _rounds, Bar),
            Statistics.Reported("init_to_agent", "ms", _initToAgent),
            Statistics.Reported("init_to_browser", "ms", _initToBrowser),
            Statistics.Reported("crash_notice", "ms", _crashNotice),
        ];
    }

    private static async Task<QemuCapture> CaptureAsync(ViperStage stage, string folder, CancellationToken cancellationToken)
    {
        Vm vm = await stage.Client.CreateVmAsync(new CreateVmRequest { Name = Vm }, s_patience, cancellationToken);
        QemuCapture capture = QemuCapture.Take(vm.Pid!.Value, folder);
        await stage.Client.DeleteVmAsync(Vm, cancellationToken);
        return capture;
    }

    private async Task<double> OursAsync(ViperStage stage, CancellationToken cancellationToken)
    {
        long seq = (await stage.Client.GetStatusAsync(cancellationToken)).LastSeq;
        long start = Stopwatch.GetTimestamp();
        Vm vm = await stage.Client.CreateVmAsync(new CreateVmRequest { Name = Vm }, s_patience, cancellationToken);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        VmEvent ready = await EventAsync(stage, seq, VmEventTypes.Ready, cancellationToken);
        VmReadyData data = ready.Data.Deserialize(ViperJson.Default.VmReadyData)!;
        _details.Add(data);
        double init = data.GuestMs["init_start"];
        _initToAgent.Add(data.GuestMs["listening"] - init);
        _initToBrowser.Add(data.GuestMs["browser_ready"] - init);
        _crashNotice.Add(await CrashAsync(stage, vm.Pid!.Value, ready.Seq, cancellationToken));
        await stage.Client.DeleteVmAsync(Vm, cancellationToken);
        return elapsed;
    }

    /// <summary>Kills the VMM and gives the milliseconds until VM_CRASHED is on an open stream.</summary>
    private static async Task<double> CrashAsync(ViperStage stage, int pid, long seq, CancellationToken cancellationToken)
    {
        // The stream is open once it has given the event before.
        await using IAsyncEnumerator<VmEvent> stream = stage.Client
            .WatchEventsAsync(new EventQuery { After = seq - 1, Vm = Vm, Types = [VmEventTypes.Ready, VmEventTypes.Crashed] }, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await stream.MoveNextAsync();
        using Process vmm = Process.GetProcessById(pid);
        long start = Stopwatch.GetTimestamp();
        vmm.Kill();
        await stream.MoveNextAsync();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<VmEvent> EventAsync(ViperStage stage, long after, string type, CancellationToken cancellationToken)
    {
        await foreach (VmEvent e in stage.Client.WatchEventsAsync(new EventQuery { After = after, Vm = Vm, Types = [type] }, cancellationToken))
        {
            return e;
        }

        throw new StageException($"The stream ended before {type}.");
    }

    private void PrintDetails()
    {
        Console.WriteLine();
        Console.WriteLine("  where the milliseconds go (medians)");
        foreach (string step in _details[0].Timeline.Select(static s => s.Step))
        {
            Print(step, [.. _details.Select(d => d.Timeline.FirstOrDefault(s => s.Step == step)?.Ms ?? 0)]);
        }

        Console.WriteLine("  inside the guest, since its kernel started (medians)");
        foreach (string name in _details[0].GuestMs.OrderBy(static g => g.Value).Select(static g => g.Key))
        {
            Print(name, [.. _details.Where(d => d.GuestMs.ContainsKey(name)).Select(d => d.GuestMs[name])]);
        }
    }

    private static void Print(string name, IReadOnlyList<double> values) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {name,-20}{Statistics.Median(values),10:0.0}"));
}
