using Viper.Client;

namespace Viper.Stage;

/// <summary>The real programs on a stage of their own: namespaces, a world with a web server, viperd with its folders, all gone with it.</summary>
public sealed class ViperStage : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly StageOptions _options;
    private bool _madeHostNetwork;

    private ViperStage(StageOptions options, string folder)
    {
        _options = options;
        Folder = folder;
        Dictionary<string, string> environment = new(options.Environment);

        // The runtime's diagnostic sockets stay where a signal comes before its handlers.
        environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        environment.TryAdd("VIPER_STATE_DIR", Path.Combine(folder, "state"));
        environment.TryAdd("VIPER_RUNTIME_DIR", Path.Combine(folder, "run"));
        environment.TryAdd("VIPER_LOG_DIR", Path.Combine(folder, "log"));
        environment.TryAdd("VIPER_API_BASE", $"unix:{Path.Combine(folder, "run", "viper.sock")}");
        Environment = environment;
        Client = new ViperClient(new ViperClientOptions
        {
            Address = ViperAddress.FromEnvironment(environment.GetValueOrDefault),
            ApiKey = environment.GetValueOrDefault("VIPER_API_KEY"),
        });
    }

    /// <summary>The folder that holds everything; short, for sockets are in it.</summary>
    public string Folder { get; }

    /// <summary>The variables under which viperd and viper run.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private set; }

    public string RuntimeFolder => Environment["VIPER_RUNTIME_DIR"];

    public string StateFolder => Environment["VIPER_STATE_DIR"];

    /// <summary>The namespaces; null on the host's network.</summary>
    public StageNetwork? Network { get; private set; }

    /// <summary>The web server of the world; null on the host's network.</summary>
    public WorldServer? World { get; private set; }

    public ChildProgram? Daemon { get; private set; }

    public ViperClient Client { get; }

    // An empty variable counts as none: the daemon then listens on both of its default addresses.
    private IReadOnlyDictionary<string, string> DaemonEnvironment =>
        _options.ListensOnTcp ? new Dictionary<string, string>(Environment) { ["VIPER_API_BASE"] = "" } : Environment;

    /// <summary>Sets the stage: folders, namespaces, the world's server. Neither the host's part of the network nor the daemon is there yet.</summary>
    public static async Task<ViperStage> SetAsync(StageOptions options, CancellationToken cancellationToken)
    {
        if (options.UsesHostNetwork && Leftovers.Taps(null) is { Count: > 0 } taps)
        {
            throw new StageException(
                $"VMs of a Viper daemon are on this host's network already ({string.Join(", ", taps)}); a second daemon would take their addresses. Use that daemon (viper vms create), or delete its VMs and stop it.");
        }

        ViperStage stage = new(options, Directory.CreateTempSubdirectory("viper-").FullName);
        try
        {
            Directory.CreateDirectory(stage.StateFolder);
            Directory.CreateDirectory(options.Images);
            Directory.CreateSymbolicLink(Path.Combine(stage.StateFolder, "images"), options.Images);
            if (!options.UsesHostNetwork)
            {
                stage.Network = StageNetwork.Create();
                stage.Environment = new Dictionary<string, string>(stage.Environment) { ["VIPER_NETNS"] = stage.Network.Viper.Name! };
                stage.World = await WorldServer.StartAsync(stage.Network.World, cancellationToken);
            }

            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sets the stage, the host's part of the network and the daemon.</summary>
    public static async Task<ViperStage> StartAsync(StageOptions options, CancellationToken cancellationToken)
    {
        ViperStage stage = await SetAsync(options, cancellationToken);
        try
        {
            await stage.SetUpHostAsync(cancellationToken);
            await stage.StartDaemonAsync(cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary><c>viperd setup</c>; on the host's network it leaves alone what was there before.</summary>
    public async Task SetUpHostAsync(CancellationToken cancellationToken)
    {
        if (_options.UsesHostNetwork)
        {
            ProgramResult plan = await RunViperdAsync(["setup", "--dry-run", "--json"], cancellationToken);
            ThrowIfFailed("viperd setup --dry-run", plan);
            _madeHostNetwork = HostNetworkPlan.IsWhollyMissing(plan.Output);
        }

        ThrowIfFailed("viperd setup", await RunViperdAsync(["setup"], cancellationToken));
    }

    /// <summary>Starts viperd, by way of another program if one is named, and waits until it answers.</summary>
    public async Task StartDaemonAsync(CancellationToken cancellationToken, params IReadOnlyList<string> by)
    {
        string[] line = [.. by, Path.Combine(_options.Programs, "viperd"), "serve"];
        ChildProgram daemon = ChildProgram.Start(line[0], DaemonEnvironment, line[1..]);
        Daemon = daemon;
        _ = daemon.Output.ReadToEndAsync(CancellationToken.None);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        while (true)
        {
            try
            {
                await Client.CheckHealthAsync(patience.Token);
                return;
            }
            catch (ViperUnreachableException) when (!daemon.HasExited)
            {
                await Task.Delay(20, patience.Token);
            }
            catch (ViperUnreachableException)
            {
                int code = await daemon.WaitAsync(patience.Token);
                throw new StageException($"viperd ended at once with code {code}: {daemon.Errors.Trim()}");
            }
        }
    }

    /// <summary>Ends viperd in order.</summary>
    public async Task StopDaemonAsync()
    {
        if (Daemon is not null)
        {
            await Daemon.DisposeAsync();
            Daemon = null;
        }
    }

    /// <summary>Ends viperd as a power cut would.</summary>
    public async Task KillDaemonAsync()
    {
        await Daemon!.KillAsync();
        await StopDaemonAsync();
    }

    public Task<ProgramResult> RunViperdAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ChildProgram.RunAsync(Path.Combine(_options.Programs, "viperd"), Environment, arguments, null, cancellationToken);

    /// <summary>Runs viper to its end; <paramref name="onError"/> gets its progress.</summary>
    public Task<ProgramResult> RunViperAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, Action<string>? onError = null) =>
        ChildProgram.RunAsync(Path.Combine(_options.Programs, "viper"), Environment, arguments, onError, cancellationToken);

    /// <summary>Starts viper and leaves it running.</summary>
    public ChildProgram StartViper(params IReadOnlyList<string> arguments) =>
        ChildProgram.Start(Path.Combine(_options.Programs, "viper"), Environment, arguments);

    /// <summary>Throws with the program's own words if it failed.</summary>
    public static void ThrowIfFailed(string what, ProgramResult result)
    {
        if (result.ExitCode != 0)
        {
            throw new StageException($"{what} ended with code {result.ExitCode}: {result.Errors.Trim()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopDaemonAsync();
        Client.Dispose();
        if (_madeHostNetwork)
        {
            // In a namespace of the stage's, all of it goes with the namespace.
            await RunViperdAsync(["setup", "--remove"], CancellationToken.None);
        }

        if (World is not null)
        {
            await World.DisposeAsync();
        }

        Network?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
