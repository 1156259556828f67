using System.Diagnostics;
using System.Text.Json;
using Viper.Client;
using Viper.Contracts;
using Viper.Net;
using Viper.Stage;

namespace Viper.Demo;

/// <summary>The main job from end to end, told as it goes.</summary>
internal sealed class DemoRun(DemoSettings settings)
{
    private const string Vm = "demo";

    private readonly List<TimelineStep> _timeline = [];
    private IReadOnlyDictionary<string, double> _guest = new Dictionary<string, double>();

    public async Task<int> PlayAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Output);
        string? namespaceName;
        string folder;
        bool isClean;
        ViperStage stage = await ViperStage.SetAsync(settings.Stage, cancellationToken);
        await using (stage)
        {
            namespaceName = stage.Network?.Viper.Name;
            folder = stage.Folder;
            Say(namespaceName is null
                ? "On the host's network."
                : $"Two namespaces: {namespaceName} for Viper, {stage.Network!.World.Name} for the world, with a web server on {WorldServer.Address}");
            await stage.SetUpHostAsync(cancellationToken);
            Say("viperd setup: bridge, forwarding, masquerade, firewall");
            await stage.StartDaemonAsync(cancellationToken);
            Say($"viperd listens on {stage.Client.Address}");
            await CreateAsync(stage, cancellationToken);
            await VisitAsync(stage, cancellationToken);
            isClean = await DeleteAsync(stage, cancellationToken);
        }

        // What the stage itself held.
        isClean &= Leftovers.Report("namespace", namespaceName is not null && NetworkNamespace.Exists(namespaceName) ? [namespaceName] : []);
        isClean &= Leftovers.Report("folder", Directory.Exists(folder) ? [folder] : []);
        return isClean ? 0 : 1;
    }

    private async Task CreateAsync(ViperStage stage, CancellationToken cancellationToken)
    {
        Say("viper vms create demo");
        ProgramResult created = await stage.RunViperAsync(
            ["vms", "create", Vm, "--json"], cancellationToken, Progress);
        ViperStage.ThrowIfFailed("viper vms create", created);
        Vm vm = JsonSerializer.Deserialize(created.Output, ViperJson.Default.Vm)!;
        await foreach (VmEvent e in stage.Client.WatchEventsAsync(new EventQuery { After = 0, Vm = Vm, Types = [VmEventTypes.Ready] }, cancellationToken))
        {
            VmReadyData data = e.Data.Deserialize(ViperJson.Default.VmReadyData)!;
            _timeline.AddRange(data.Timeline.Select(static s => s with { Step = ShortName(s.Step) }));
            _guest = data.GuestMs;
            break;
        }

        Say($"VM '{Vm}' runs {vm.Browser?.Product} at {vm.IpAddress}, under {vm.Hypervisor}, process {vm.Pid}");

        void Progress(string line)
        {
            // What viper says when it is interrupted is about a VM that outlives it; this one does not.
            if (!cancellationToken.IsCancellationRequested)
            {
                Console.WriteLine("    " + line);
            }
        }
    }

    private async Task VisitAsync(ViperStage stage, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await using ChildProgram forward = stage.StartViper("vms", "forward", Vm);
        string? address = await forward.Output.ReadLineAsync(cancellationToken);
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? devTools))
        {
            throw new StageException($"viper vms forward printed no address: {address} {forward.Errors.Trim()}");
        }

        _timeline.Add(new TimelineStep("forward", Math.Round(watch.Elapsed.TotalMilliseconds, 1)));
        Say($"viper vms forward demo: {devTools}");
        string screenshot = Path.Combine(settings.Output, "screenshot.png");
        (string title, string? computed) = await WhileServedAsync(BrowserVisit.OpenAsync(devTools, settings.Url, screenshot, _timeline), forward, cancellationToken);
        Say($"Playwright opened {settings.Url}");
        Console.WriteLine($"    title:    {title}");
        if (computed is not null)
        {
            Console.WriteLine($"    computed: {computed} (the sum of the first hundred primes)");
        }

        string timeline = Path.Combine(settings.Output, "timeline.json");
        TimelineReport.Write(timeline, _timeline);
        Console.WriteLine($"    {Relative(screenshot)}, {new FileInfo(screenshot).Length:N0} bytes");
        Console.WriteLine($"    {Relative(timeline)}");
        TimelineReport.Print(_timeline, _guest);
    }

    /// <summary>A client whose address has gone may wait for ever; it is not waited for.</summary>
    private static async Task<T> WhileServedAsync<T>(Task<T> visit, ChildProgram forward, CancellationToken cancellationToken)
    {
        Task<int> end = forward.WaitAsync(cancellationToken);
        if (await Task.WhenAny(visit, end) != visit && !cancellationToken.IsCancellationRequested)
        {
            throw new StageException($"viper vms forward ended with code {await end}: {forward.Errors.Trim()}");
        }

        return await visit.WaitAsync(cancellationToken);
    }

    private static async Task<bool> DeleteAsync(ViperStage stage, CancellationToken cancellationToken)
    {
        ViperStage.ThrowIfFailed("viper vms delete", await stage.RunViperAsync(["vms", "delete", Vm], cancellationToken));
        Say("viper vms delete demo; left behind:");
        SystemStatus status = await stage.Client.GetStatusAsync(cancellationToken);
        bool isClean = Leftovers.Report("process", Leftovers.Processes(stage.Folder));
        isClean &= Leftovers.Report("tap", Leftovers.Taps(stage.Network?.Viper));
        isClean &= Leftovers.Report("lease", status.PoolLeased == 0 ? [] : [$"{status.PoolLeased} of {status.PoolSize}"]);
        isClean &= Leftovers.Report("socket", Leftovers.Sockets(stage.RuntimeFolder));
        return isClean;
    }

    private static string ShortName(string phase) => phase switch
    {
        VmPhase.LeaseIp => "lease",
        VmPhase.AgentReady => "agent",
        VmPhase.BrowserReady => "browser",
        _ => phase,
    };

    private static string Relative(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path);

    private static void Say(string text) => Console.WriteLine("• " + text);
}
