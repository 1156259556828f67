using Viper.Bench;
using Viper.Bench.Boot;
using Viper.Bench.Cdp;
using Viper.Bench.Engine;
using Viper.Bench.Hypervisor;
using Viper.Bench.Net;
using Viper.Stage;

Dictionary<string, Func<StageOptions, CancellationToken, Task<IReadOnlyList<BenchRow>>>> areas = new()
{
    ["boot"] = static (stage, cancel) => new BootBench(stage).RunAsync(cancel),
    ["cdp"] = static (stage, cancel) => new CdpBench(stage).RunAsync(cancel),
    ["hypervisor"] = HypervisorBench.RunAsync,
    ["engine"] = EngineBench.RunAsync,
    ["net"] = static (stage, cancel) => new NetBench(stage).RunAsync(cancel),
};
if (args is not [{ } area] || !areas.TryGetValue(area, out var run))
{
    Console.Error.WriteLine($"Which area? One of: {string.Join(", ", areas.Keys)}. For example: make bench AREA=boot");
    return 2;
}

using CancellationTokenSource interrupted = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    interrupted.Cancel();
};
try
{
    StageOptions stage = StageOptions.ForTree(AppContext.BaseDirectory);
    IReadOnlyList<BenchRow> rows = await run(stage, interrupted.Token);
    string path = Path.GetFullPath(Path.Combine(stage.Programs, "..", "bench", area + ".json"));
    BenchReport.Print(rows);
    BenchReport.Write(path, rows);
    Console.WriteLine($"  {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
    return rows.All(static r => r.IsMet) ? 0 : 1;
}
catch (StageException e)
{
    Console.Error.WriteLine($"bench: {e.Message}");
    return 1;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.Error.WriteLine("bench: interrupted");
    return 130;
}
