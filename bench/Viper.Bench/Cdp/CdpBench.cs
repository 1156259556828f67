using System.Globalization;
using Viper.Bench.Hypervisor;
using Viper.Cdp;
using Viper.Stage;

namespace Viper.Bench.Cdp;

/// <summary>The rows of AREA=cdp: what the library costs beside a blocking socket in C, on one Chrome, in interleaved rounds.</summary>
internal sealed class CdpBench(StageOptions options)
{
    private const string Program = "/usr/lib/chromium/chromium-headless-shell";
    private const string User = "65532";
    private const int Rounds = 15;
    private const int WarmUps = 4;
    private const int PeerRounds = 3;

    // Chrome prints what pages log; this program would read it all, and be measured with it. The line with the address comes through.
    private const string Quiet = "exec \"$@\" 2> >(grep -m1 --line-buffered ^DevTools >&2; exec cat > /dev/null)";

    // A canvas of noise, which no format can shorten.
    private const string Noise = """
        (() => { document.body.style.margin = 0; const c = document.createElement('canvas'); c.width = 1920; c.height = 1080;
        document.body.append(c); const x = c.getContext('2d'), d = x.createImageData(1920, 1080); let s = 1;
        for (let i = 0; i < d.data.length; i++) { s = (Math.imul(s, 1103515245) + 12345) & 0x7fffffff; d.data[i] = i % 4 == 3 ? 255 : (s >> 16) & 255; }
        x.putImageData(d, 0, 0); })()
        """;

    public async Task<IReadOnlyList<BenchRow>> RunAsync(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("vcb-").FullName;
        string home = Path.Combine(folder, "home");
        try
        {
            await FloorPrograms.RunAsync("chmod", ["755", folder], cancellationToken);
            await FloorPrograms.RunAsync("install", ["-d", "-o", User, "-g", User, home], cancellationToken);
            await using CdpChrome chrome = await CdpChrome.LaunchAsync(
                new CdpChromeOptions
                {
                    Executable = Program,
                    Prefix = ["bash", "-c", Quiet, "bash", "setpriv", "--reuid=" + User, "--regid=" + User, "--clear-groups", "env", "HOME=" + home],
                    Arguments = ["--disable-gpu"],
                    UserDataDirectory = home,
                    UsesPort = true,
                },
                cancellationToken);
            return await RunAsync(chrome, folder, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<BenchRow>> RunAsync(CdpChrome chrome, string folder, CancellationToken cancellationToken)
    {
        CdpBrowser browser = new(chrome.Connection);
        await using CdpPage page = await browser.AttachAsync(await browser.CreateTargetAsync("about:blank", cancellationToken), cancellationToken);
        await page.Session.Emulation.SetDeviceMetricsOverrideAsync(1920, 1080, 1, false, cancellationToken: cancellationToken);
        string tree = Path.GetFullPath(Path.Combine(options.Programs, "..", ".."));
        string[] where = [chrome.Address!.Port.ToString(CultureInfo.InvariantCulture), chrome.Address.AbsolutePath, page.TargetId];
        await using LineProgram floor = LineProgram.Start(await new FloorPrograms(tree, folder).CompileAsync("cdp", cancellationToken), where);
        await using OurClient ours = await OurClient.ConnectAsync(chrome.Address, page.TargetId, CdpThreading.Dedicated, cancellationToken);
        await using OurClient shared = await OurClient.ConnectAsync(chrome.Address, page.TargetId, CdpThreading.Shared, cancellationToken);
        List<BenchRow> rows = [];
        rows.AddRange(await EvaluateAsync(ours, shared, floor, cancellationToken));
        rows.AddRange(await CompareAsync("pipelined", 64 * 320, 1.8, 0, Rounds, ours, floor, cancellationToken));
        rows.AddRange(await CompareAsync("events", 20_000, 1.5, 0, Rounds, ours, floor, cancellationToken));
        rows.AddRange(await CompareAsync("string", 1, 1.5, 65_536, Rounds, ours, floor, cancellationToken));
        rows.AddRange(await new RelayBench(tree, folder).RunAsync(chrome.Address.Port, page.TargetId, cancellationToken));
        foreach (string peer in (string[])["websocket", "playwright"])
        {
            rows.AddRange(await PeerAsync(peer, where, tree, cancellationToken));
        }

        await page.EvaluateAsync(Noise, cancellationToken);
        rows.AddRange(await CompareAsync("png", 1, 1.5, 65_536, Rounds, ours, floor, cancellationToken));
        return rows;
    }

    private static async Task<IReadOnlyList<BenchRow>> EvaluateAsync(OurClient ours, OurClient shared, LineProgram floor, CancellationToken cancellationToken)
    {
        const int Count = 1500;
        List<(CdpFigures Ours, CdpFigures Floor)> rounds = await PairAsync("evaluate", Count, Rounds, ours, floor, cancellationToken);
        List<(CdpFigures Ours, CdpFigures Floor)> pool = await PairAsync("evaluate", Count, Rounds, shared, floor, cancellationToken);
        List<double> typed = [];
        for (int i = -WarmUps; i < Rounds; i++)
        {
            CdpFigures figures = await ours.MeasureAsync("typed", Count, cancellationToken);
            typed.AddRange(i < 0 ? [] : [figures.Bytes]);
        }

        return
        [
            Latency("evaluate_p50", rounds, 1.1),
            Cpu("evaluate_cpu", rounds, 1.8),
            Bytes("evaluate_raw_bytes", [.. rounds.Select(static r => r.Ours.Bytes)], 0),
            Bytes("evaluate_typed_bytes", typed, 200),
            Latency("evaluate_shared_p50", pool, null),
            Cpu("evaluate_shared_cpu", pool, null),
        ];
    }

    private static async Task<IReadOnlyList<BenchRow>> CompareAsync(
        string what, int count, double ratio, double bytes, int rounds, OurClient ours, LineProgram floor, CancellationToken cancellationToken)
    {
        List<(CdpFigures Ours, CdpFigures Floor)> pairs = await PairAsync(what, count, rounds, ours, floor, cancellationToken);
        return [Cpu(what + "_cpu", pairs, ratio), Bytes(what + "_bytes", [.. pairs.Select(static p => p.Ours.Bytes)], bytes)];
    }

    private static async Task<List<(CdpFigures Ours, CdpFigures Floor)>> PairAsync(
        string what, int count, int rounds, OurClient ours, LineProgram floor, CancellationToken cancellationToken)
    {
        List<(CdpFigures, CdpFigures)> pairs = [];
        for (int i = -WarmUps; i < rounds; i++)
        {
            // Who goes first changes, so that a drift of the machine favours neither.
            CdpFigures bare = i % 2 == 0 ? await floor.MeasureAsync(what, count, cancellationToken) : default;
            CdpFigures own = await ours.MeasureAsync(what, count, cancellationToken);
            bare = i % 2 == 0 ? bare : await floor.MeasureAsync(what, count, cancellationToken);
            if (i >= 0)
            {
                pairs.Add((own, bare));
            }
        }

        return pairs;
    }

    private static async Task<IReadOnlyList<BenchRow>> PeerAsync(string name, string[] where, string tree, CancellationToken cancellationToken)
    {
        string program = Path.Combine(tree, "artifacts", "bin", "Viper.Bench.Peers", "release", "Viper.Bench.Peers");
        if (!File.Exists(program))
        {
            throw new StageException($"The program '{program}' is not built; make build brings it.");
        }

        await using LineProgram peer = LineProgram.Start(program, [name, .. where]);
        List<BenchRow> rows = [];
        foreach ((string what, int count) in ((string, int)[])[("evaluate", 500), ("pipelined", 64 * 20), ("events", 5_000)])
        {
            List<CdpFigures> figures = [];
            for (int i = -1; i < PeerRounds; i++)
            {
                CdpFigures round = await peer.MeasureAsync(what, count, cancellationToken);
                figures.AddRange(i < 0 ? [] : [round]);
            }

            if (what == "evaluate")
            {
                rows.Add(Statistics.Reported($"{what}_p50_{name}", "µs", [.. figures.Select(static f => f.MedianNanoseconds / 1000)]));
            }

            rows.Add(Statistics.Reported($"{what}_cpu_{name}", "µs", [.. figures.Select(static f => f.CpuMicroseconds)]));
            rows.Add(Statistics.Reported($"{what}_bytes_{name}", "B", [.. figures.Select(static f => f.Bytes)]));
        }

        return rows;
    }

    private static BenchRow Latency(string name, List<(CdpFigures Ours, CdpFigures Floor)> pairs, double? ratio) => Statistics.Paired(
        name, "µs", [.. pairs.Select(static p => (p.Ours.MedianNanoseconds / 1000, p.Floor.MedianNanoseconds / 1000))], ratio) with
    { Metric = "p50" };

    private static BenchRow Cpu(string name, List<(CdpFigures Ours, CdpFigures Floor)> pairs, double? ratio) => Statistics.Paired(
        name, "µs", [.. pairs.Select(static p => (p.Ours.CpuMicroseconds, p.Floor.CpuMicroseconds))], ratio) with
    { Metric = "cpu" };

    // The objects of a round, shared out over its operations, are no bytes of an operation: they are rounded off.
    private static BenchRow Bytes(string name, IReadOnlyList<double> values, double bar) =>
        Statistics.Reported(name, "B", [.. values.Select(Math.Floor)]) with { Metric = "allocated", MaxValue = bar };
}
