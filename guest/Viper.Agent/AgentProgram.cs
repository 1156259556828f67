using System.Text.Json;
using Viper.Agent.Actions;
using Viper.Agent.Boot;
using Viper.Agent.Browser;
using Viper.Agent.Files;
using Viper.Agent.Programs;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent;

/// <summary>The agent as a whole: the browser first, the server beside it, one ring when both serve.</summary>
internal sealed class AgentProgram : IBrowserEvents, IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly Bell _bell;
    private readonly BootRecord _boot = new();
    private readonly BrowserLink _link = new();
    private readonly TaskCompletionSource<string?> _firstBrowser = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BrowserSupervisor? _browser;
    private AgentServer? _server;
    private ProcessTable? _programs;

    internal AgentProgram(AgentOptions options)
    {
        _options = options;
        _bell = new Bell(options.ConsolePath);
    }

    internal BrowserSupervisor Browser => _browser ?? throw new InvalidOperationException("The agent has not been started.");

    internal AgentServer Server => _server ?? throw new InvalidOperationException("The agent has not been started.");

    /// <summary>Gets the task that ends when the host has been rung.</summary>
    internal Task Rung { get; private set; } = Task.CompletedTask;

    /// <summary>Starts Chrome, then the server; returns when the server listens. The ring follows by itself.</summary>
    /// <exception cref="AgentStartException">Something that the agent needs is missing.</exception>
    internal void Start()
    {
        BrowserHome.Prepare(_options.Browser);
        _browser = new BrowserSupervisor(_options.Browser, LoadConfig(), this);
        if (_browser.Start())
        {
            _boot.BrowserStart();
        }

        // Chrome takes seconds; all that follows happens beside it.
        var access = new AccessPolicy(_options.HostAddress, VmToken.Load(_options.TokenPath));
        var relay = new RelayEndpoint(_browser);
        var router = new AgentRouter(
            new StatusEndpoint(_browser, relay, _boot), new DevToolsEndpoint(_browser), relay, new ActionRunner(_browser, _link), Streamed());
        var server = new ServerOptions { ListenAddress = _options.GuestAddress, Port = _options.Port, HostAddress = _options.HostAddress };
        _server = new AgentServer(server, access, router);
        _server.Start();
        _boot.Listening();
        Rung = RingAsync();
    }

    private IReadOnlyList<IStreamedEndpoint> Streamed()
    {
        _options.Work.Prepare();
        _programs = new ProcessTable(_options.Work, TimeProvider.System);
        var requests = new ProgramRequests(_options.Work);
        return
        [
            new ExecEndpoint(_programs, requests),
            new ProcessesEndpoint(_programs, requests, new TerminalSockets()),
            new FilesEndpoint(new FileRoot(_options.Work.Root, _options.Work.UserId)),
        ];
    }

    /// <summary>Ends in order: no new requests, programs killed, Chrome asked and then killed.</summary>
    internal async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.StopAsync(_options.RequestGrace);
        }

        if (_programs is not null)
        {
            await _programs.DisposeAsync();
        }

        if (_browser is not null)
        {
            await _browser.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _link.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    void IBrowserEvents.Ready(BrowserRun run, int restarts)
    {
        _boot.BrowserReady();
        if (!_firstBrowser.TrySetResult(run.Product))
        {
            _bell.Ring("browser_ready", new BrowserReady { Browser = run.Product, Restarts = restarts }, AgentJsonContext.Default.BrowserReady);
        }
    }

    void IBrowserEvents.Crashed(ChromeExit exit, int restarts, TimeSpan pause)
    {
        var crashed = new BrowserCrashed
        {
            Reason = exit.Reason,
            ExitCode = exit.ExitCode,
            Signal = exit.Signal,
            Restarts = restarts,
            RestartInMs = (long)pause.TotalMilliseconds,
        };
        _bell.Ring("browser_crashed", crashed, AgentJsonContext.Default.BrowserCrashed);
    }

    void IBrowserEvents.Absent() => _firstBrowser.TrySetResult(null);

    private async Task RingAsync()
    {
        var product = await _firstBrowser.Task;
        var ready = new AgentReady { Agent = AgentVersion.Text, Browser = product, BootMs = _boot.ToTimes() };
        _bell.Ring("ready", ready, AgentJsonContext.Default.AgentReady);
    }

    private AgentConfig? LoadConfig()
    {
        try
        {
            return File.Exists(_options.ConfigPath)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(_options.ConfigPath), AgentJsonContext.Default.AgentConfig)
                : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"The settings in {_options.ConfigPath} cannot be used: {error.Message}", error);
        }
    }
}
