using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Viper.Contracts;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>An engine that can be killed within the test's process, at rest or at a place, and is followed by another on what it left.</summary>
internal sealed class MortalEngine : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("viper-walk-").FullName;
    private readonly List<(VmEngine Engine, EngineLife Life)> _dead = [];
    private readonly List<Task> _lost = [];
    private EngineLife _life = new();
    private MortalClock _clock = null!;
    private IReadOnlyList<string> _told = [];

    private MortalEngine()
    {
        Settings = new EngineSettings
        {
            StateDirectory = Path.Combine(_folder, "state"),
            RuntimeDirectory = Path.Combine(_folder, "run"),
            LogDirectory = Path.Combine(_folder, "log"),
            HealthInterval = TimeSpan.Zero,
            AddressQuarantine = TimeSpan.Zero,
        };
    }

    public EngineSettings Settings { get; }

    public ScriptedNetwork Network { get; } = new();

    public ScriptedHypervisor Hypervisor { get; } = new();

    public VirtualClock Clock { get; } = new();

    public VmEngine Engine { get; private set; } = null!;

    public int RunFolders => Directory.GetDirectories(Path.Combine(Settings.RuntimeDirectory, "vms")).Length;

    public static async Task<MortalEngine> OpenAsync()
    {
        MortalEngine engine = new();
        await engine.OpenNextAsync();
        return engine;
    }

    /// <summary>Kills the engine while nothing is under way.</summary>
    public async Task KillAsync()
    {
        _told = Lines(await EventsAsync());
        _life.End();
        _clock.Stop();
        _dead.Add((Engine, _life));

        // The kernel would let go of these with the process.
        File.Delete(Path.Combine(Settings.StateDirectory, "daemon.lock"));
        Network.Kept.Clear();
        await OpenNextAsync();
        Assert.Equal(_told, Lines(await EventsAsync()).Take(_told.Count));
    }

    /// <summary>Kills the engine when what it was told to do has come to a place.</summary>
    public async Task KillAtAsync(string place, Func<Task> command)
    {
        _life.StopAt(place);
        _lost.Add(command());
        await _life.Reached.WaitAsync(EngineFixture.Patience);
        await KillAsync();
    }

    /// <summary>Every event so far.</summary>
    public async Task<IReadOnlyList<VmEvent>> EventsAsync()
    {
        long last = Engine.GetStatus().LastSeq;
        List<VmEvent> events = [];
        if (last > 0)
        {
            await foreach (VmEvent e in Engine.ReadEventsAsync(0, null, CancellationToken.None))
            {
                events.Add(e);
                if (e.Seq >= last)
                {
                    break;
                }
            }
        }

        return events;
    }

    /// <summary>Waits for an event about a VM after a place in the log.</summary>
    public async Task<VmEvent> EventAsync(long after, string name, string type)
    {
        using CancellationTokenSource patience = new(EngineFixture.Patience);
        await foreach (VmEvent e in Engine.ReadEventsAsync(after, name, patience.Token))
        {
            if (e.Type == type)
            {
                return e;
            }
        }

        throw new UnreachableException();
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        foreach ((VmEngine engine, EngineLife life) in _dead)
        {
            life.Bury();
            await engine.DisposeAsync();
        }

        // They belong to the dead: how they end is of no interest, but that they do.
        await Task.WhenAll(_lost).WaitAsync(EngineFixture.Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.All(_lost, static task => Assert.True(task.IsCompleted));
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenNextAsync()
    {
        EngineLife life = new();
        _life = life;
        _clock = new MortalClock(Clock, life);
        Engine = await VmEngine.OpenAsync(
            Settings,
            NullLoggerFactory.Instance,
            _ => new MortalNetwork(Network, life),
            _ => new MortalHypervisor(Hypervisor, life),
            _ => new ScriptedImages(_folder),
            new ScriptedAgents(),
            _clock,
            CancellationToken.None);
    }

    private static IReadOnlyList<string> Lines(IReadOnlyList<VmEvent> events) => [.. events.Select(static e => $"{e.Seq} {e.Type} {e.Vm.Name} {e.Vm.Status}")];
}
