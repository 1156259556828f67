using System.Globalization;
using System.Net;
using Viper.Bench.Hypervisor;
using Viper.Net;
using Viper.Orchestration.Network;
using Viper.Stage;

namespace Viper.Bench.Engine;

/// <summary>
/// What the engine costs a VM: state in memory, a real network in a namespace of its own, a VMM that boots nothing. Each engine is
/// a process of its own, so that it can be killed and followed by another.
/// </summary>
internal sealed class VmBench(string tree)
{
    private const string Memory = "/dev/shm";
    private const string Subnet = "192.168.124.0/22";
    private const int Living = 1000;
    private const int Few = 10;
    private const int Callers = 32;
    private const int Rounds = 61;
    private const int WarmUps = 60;
    private const double OverheadBar = 5;
    private const double GrowthBar = 1.2;
    private const double RecoverBar = 2000;
    private const double MemoryBar = 40_960;

    public async Task<IReadOnlyList<BenchRow>> RunAsync(CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Memory, $"vbe-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        using NetworkNamespace lab = NetworkNamespace.CreateAnonymous();
        try
        {
            lab.Run(() =>
            {
                using HostNetwork host = new(new HostNetworkSettings { Subnet = IPNetwork.Parse(Subnet) });
                host.Apply();
            });
            string compiled = await new FloorPrograms(tree, folder).CompileAsync("trivial_vmm", cancellationToken);
            string vmm = Path.Combine(folder, "ring-qemu-system-trivial");
            File.Move(compiled, vmm);
            return await RunAsync(lab, folder, vmm, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<BenchRow>> RunAsync(NetworkNamespace lab, string folder, string vmm, CancellationToken cancellationToken)
    {
        string program = Path.Combine(tree, "artifacts", "bin", "Viper.EngineHost", "release", "Viper.EngineHost");
        if (!File.Exists(program))
        {
            throw new StageException($"The engine '{program}' is not built; make build brings it.");
        }

        EngineProgram engine = await EngineProgram.StartAsync(lab, program, [folder, vmm, Subnet], cancellationToken);
        try
        {
            await engine.AskAsync($"many few {Few} 1", cancellationToken);
            await TimesAsync(engine, "warm", WarmUps, cancellationToken);
            List<double> few = await TimesAsync(engine, "a", Rounds, cancellationToken);
            double before = (await engine.AskAsync("memory", cancellationToken))[0];
            double[] many = await engine.AskAsync($"many v {Living - Few} {Callers}", cancellationToken);
            double after = (await engine.AskAsync("memory", cancellationToken))[0];
            List<double> full = await TimesAsync(engine, "b", Rounds, cancellationToken);
            List<double> each = [.. many.Skip(1).Order()];
            BenchRow growth = Statistics.Paired("create_growth", "ms", [.. full.Zip(few)], GrowthBar);

            await engine.KillAsync();
            await engine.DisposeAsync();
            engine = await EngineProgram.StartAsync(lab, program, [folder, vmm, Subnet], cancellationToken);
            return
            [
                Value("create_overhead_p50_ms", "p50", "ms", Statistics.Median(few), Rounds, OverheadBar),
                growth,
                Value("recover_1000_ms", "once", "ms", engine.OpenedMs, 1, RecoverBar),
                Value("bytes_per_idle_vm", "managed", "B", (after - before) / (Living - Few), 1, MemoryBar),
                Value("create_1000_by_32_per_s", "throughput", "1/s", (Living - Few) / many[0] * 1000, 1, null),
                Value("create_1000_by_32_p99_ms", "p99", "ms", each[(int)(each.Count * 0.99)], each.Count, null),
            ];
        }
        finally
        {
            // In order: it ends its VMs.
            await engine.CloseAsync();
            await engine.DisposeAsync();
        }
    }

    /// <summary>Creates VMs one after the other, each gone again before the next.</summary>
    private static async Task<List<double>> TimesAsync(EngineProgram engine, string prefix, int count, CancellationToken cancellationToken)
    {
        List<double> times = [];
        for (int i = 0; i < count; i++)
        {
            string name = prefix + i.ToString(CultureInfo.InvariantCulture);
            times.Add((await engine.AskAsync($"time {name}", cancellationToken))[0]);
            await engine.AskAsync($"delete {name}", cancellationToken);
        }

        return times;
    }

    private static BenchRow Value(string name, string metric, string unit, double ours, int rounds, double? bar) => new()
    {
        Name = name,
        Metric = metric,
        Unit = unit,
        Ours = Math.Round(ours, 3),
        Rounds = rounds,
        MaxValue = bar,
    };
}
