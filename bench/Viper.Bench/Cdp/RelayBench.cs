using System.Globalization;
using Viper.Bench.Hypervisor;
using Viper.Stage;

namespace Viper.Bench.Cdp;

/// <summary>The rows of the relay: what a command costs more through the daemon, beside a relay in C that copies bytes.</summary>
/// <param name="tree">The repository.</param>
/// <param name="folder">Where programs may be put.</param>
internal sealed class RelayBench(string tree, string folder)
{
    private const string Agent = "/api/v1/vms/a/agent";
    private const string Browser = Agent + "/devtools/browser/default";
    private const int Rounds = 15;
    // The runtime has optimised the relay after some thirty thousand commands on one busy processor; a daemon has that behind it.
    private const int WarmUps = 24;
    private const int Commands = 2_000;
    private const int BigMessages = 4;
    private const int Connections = 400;

    // The first ones pay for pools that the others share.
    private const int FirstConnections = 50;

    /// <summary>Measures.</summary>
    /// <param name="browser">Chrome's DevTools port.</param>
    /// <param name="page">The id of a page of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<BenchRow>> RunAsync(int browser, string page, CancellationToken cancellationToken)
    {
        string program = await new FloorPrograms(tree, folder).CompileAsync("relay", ["-pthread"], cancellationToken);
        string daemon = Path.Combine(tree, "artifacts", "bin", "Viper.RelayHost", "release", "Viper.RelayHost");
        if (!File.Exists(daemon))
        {
            throw new StageException($"The program '{daemon}' is not built; make build brings it.");
        }

        List<BenchRow> rows = [.. await CommandsAsync(program, daemon, cancellationToken)];
        await using LineProgram agent = LineProgram.Start(program, "agent");
        string bare = await agent.ReadLineAsync(cancellationToken);
        await using LineProgram floor = LineProgram.Start(program, "floor", bare);
        await using LineProgram ours = LineProgram.Start(daemon, bare);
        await using LineProgram chrome = LineProgram.Start(daemon, browser.ToString(CultureInfo.InvariantCulture));
        await using LineProgram client = LineProgram.Start(program, "client", Browser);
        string own = await ours.ReadLineAsync(cancellationToken);
        string target = "/devtools/page/" + page;
        rows.Add(await BigAsync(
            "relay_throughput", client, $"{await chrome.ReadLineAsync(cancellationToken)}{Agent}{target}", $"{browser}{target}", 1.11, cancellationToken));
        rows.Add(await BigAsync("relay_copy", client, own, await floor.ReadLineAsync(cancellationToken), null, cancellationToken));
        rows.Add(await IdleAsync(client, ours, own, cancellationToken));
        return rows;
    }

    // All on one processor: which of them the scheduler puts where makes more of a difference than what they do.
    private static async Task<IReadOnlyList<BenchRow>> CommandsAsync(string program, string daemon, CancellationToken cancellationToken)
    {
        using OneCpu cpu = OneCpu.Take();
        await using LineProgram agent = LineProgram.Start(program, "agent");
        string bare = await agent.ReadLineAsync(cancellationToken);
        await using LineProgram floor = LineProgram.Start(program, "floor", bare);
        await using LineProgram ours = LineProgram.Start(daemon, bare);
        await using LineProgram client = LineProgram.Start(program, "client", Browser);
        string[] ports = [bare, await floor.ReadLineAsync(cancellationToken), await ours.ReadLineAsync(cancellationToken)];
        return await CommandsAsync(client, floor, ours, ports, cancellationToken);
    }

    private static async Task<IReadOnlyList<BenchRow>> CommandsAsync(
        LineProgram client, LineProgram floor, LineProgram ours, string[] ports, CancellationToken cancellationToken)
    {
        List<(double, double)> added = [];
        List<(double, double)> cpu = [];
        List<double> bytes = [];
        for (int i = -WarmUps; i < Rounds; i++)
        {
            // Who goes first changes, so that a drift of the machine favours neither.
            double bare = await client.AskAsync($"rtt {ports[0]} {Commands}", cancellationToken);
            (double Time, double Cpu) first = await CommandsAsync(client, i % 2 == 0 ? floor : ours, ports[i % 2 == 0 ? 1 : 2], cancellationToken);
            double before = await ours.AskAsync("allocated", cancellationToken);
            (double Time, double Cpu) second = await CommandsAsync(client, i % 2 == 0 ? ours : floor, ports[i % 2 == 0 ? 2 : 1], cancellationToken);
            double allocated = await ours.AskAsync("allocated", cancellationToken) - before;
            (double Time, double Cpu) own = i % 2 == 0 ? second : first;
            (double Time, double Cpu) other = i % 2 == 0 ? first : second;
            if (i >= 0)
            {
                added.Add(((own.Time - bare) / 1000, (other.Time - bare) / 1000));
                cpu.Add((own.Cpu, other.Cpu));
                bytes.AddRange(i % 2 == 0 ? [Math.Floor(allocated / Commands)] : []);
            }
        }

        return
        [
            Statistics.Paired("relay_added_p50", "µs", added, 1.5) with { Metric = "p50" },
            Statistics.Paired("relay_added_cpu", "µs", cpu, 1.5) with { Metric = "cpu" },
            Statistics.Reported("relay_frame_bytes", "B", bytes) with { Metric = "allocated", MaxValue = 0 },
        ];
    }

    private static async Task<(double Time, double Cpu)> CommandsAsync(LineProgram client, LineProgram relay, string port, CancellationToken cancellationToken)
    {
        double before = await relay.AskAsync("cpu", cancellationToken);
        double time = await client.AskAsync($"rtt {port} {Commands}", cancellationToken);
        return (time, (await relay.AskAsync("cpu", cancellationToken) - before) / Commands);
    }

    private static async Task<BenchRow> BigAsync(string name, LineProgram client, string ours, string floor, double? bar, CancellationToken cancellationToken)
    {
        List<(double, double)> rounds = [];
        for (int i = -WarmUps; i < Rounds; i++)
        {
            double bare = i % 2 == 0 ? await client.AskAsync($"big {floor} {BigMessages}", cancellationToken) : 0;
            double own = await client.AskAsync($"big {ours} {BigMessages}", cancellationToken);
            bare = i % 2 == 0 ? bare : await client.AskAsync($"big {floor} {BigMessages}", cancellationToken);
            rounds.AddRange(i < 0 ? [] : [(own / 1e6, bare / 1e6)]);
        }

        return Statistics.Paired(name, "ms", rounds, bar);
    }

    private static async Task<BenchRow> IdleAsync(LineProgram client, LineProgram ours, string port, CancellationToken cancellationToken)
    {
        await client.AskAsync($"open {port} {FirstConnections}", cancellationToken);
        double before = await ours.AskAsync("living", cancellationToken);
        await client.AskAsync($"open {port} {Connections}", cancellationToken);
        double after = await ours.AskAsync("living", cancellationToken);
        return Statistics.Reported("relay_idle_bytes", "B", [(after - before) / Connections]) with { Metric = "managed", MaxValue = 32_768 };
    }
}
