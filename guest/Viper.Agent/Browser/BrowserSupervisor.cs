using System.Net;
using Viper.Agent.DevTools;
using Viper.Contracts.Agent;

namespace Viper.Agent.Browser;

/// <summary>Keeps one Chrome running: starts it, sees that it answers, and starts the next when it ends.</summary>
internal sealed class BrowserSupervisor : IAsyncDisposable
{
    private readonly BrowserOptions _options;
    private readonly AgentConfig? _config;
    private readonly IBrowserEvents _events;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private volatile BrowserState _state = new(BrowserHealth.Starting, null, 0);
    private ChromeProcess? _process;
    private Task _loop = Task.CompletedTask;

    internal BrowserSupervisor(BrowserOptions options, AgentConfig? config, IBrowserEvents events, TimeProvider? time = null)
    {
        _options = options;
        _config = config;
        _events = events;
        _time = time ?? TimeProvider.System;
    }

    internal BrowserState State => _state;

    /// <summary>Gets the id of the process that runs, answering or not; null when there is none.</summary>
    internal int? Pid => Volatile.Read(ref _process) is { Exited.IsCompleted: false, Pid: > 0 and var pid } ? pid : null;

    /// <summary>Starts the first Chrome before it returns; false when there is none to start.</summary>
    internal bool Start()
    {
        if (!File.Exists(_options.Path))
        {
            _state = new BrowserState(BrowserHealth.Absent, null, 0);
            _events.Absent();
            return false;
        }

        var first = StartProcess()!;
        _loop = Task.Run(() => SuperviseAsync(first));
        return true;
    }

    /// <summary>Asks Chrome to end, kills it when it does not, and starts no other.</summary>
    internal async Task StopAsync()
    {
        ChromeProcess? process;
        lock (_gate)
        {
            _stopping.Cancel();
            process = _process;
        }

        if (process is not null)
        {
            process.Terminate();
            try
            {
                await process.Exited.WaitAsync(_options.StopGrace, _time);
            }
            catch (TimeoutException)
            {
                process.Kill();
            }
        }

        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(ChromeProcess first)
    {
        var process = first;
        var pause = _options.InitialBackOff;
        for (var restarts = 0; process is not null; restarts++)
        {
            var run = await BecomeReadyAsync(process);
            var readyAt = _time.GetTimestamp();
            if (run is not null)
            {
                _state = new BrowserState(BrowserHealth.Running, run, restarts);
                _events.Ready(run, restarts);
            }

            var exit = await process.Exited;
            _state = new BrowserState(BrowserHealth.Crashed, null, restarts);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (run is not null && _time.GetElapsedTime(readyAt) >= _options.HealthyAfter)
            {
                pause = _options.InitialBackOff;
            }

            _events.Crashed(exit, restarts, pause);
            if (!await PauseAsync(pause))
            {
                return;
            }

            pause = pause * 2 < _options.MaxBackOff ? pause * 2 : _options.MaxBackOff;
            _state = new BrowserState(BrowserHealth.Restarting, null, restarts + 1);
            process = StartProcess();
        }
    }

    /// <summary>Waits until Chrome says that it listens, and asks it; null when it ended or did not answer in time.</summary>
    private async Task<BrowserRun?> BecomeReadyAsync(ChromeProcess process)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        deadline.CancelAfter(_options.StartDeadline);
        try
        {
            var address = await process.Listening.WaitAsync(deadline.Token);
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip))
            {
                var endpoint = new IPEndPoint(ip, uri.Port);
                var version = await DevToolsClient.GetVersionAsync(endpoint, deadline.Token);
                return new BrowserRun
                {
                    Endpoint = endpoint,
                    BrowserId = version.BrowserId,
                    Product = version.Product,
                    Pid = process.Pid,
                    Exited = process.Exited,
                };
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or DevToolsException)
        {
            // It ended, or it does not do what Chrome does: either way the next one is started.
        }

        if (!_stopping.IsCancellationRequested)
        {
            process.Kill();
        }

        return null;
    }

    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private ChromeProcess? StartProcess()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return null;
            }

            return _process = ChromeProcess.Start(new ChromeCommand
            {
                Path = _options.Path,
                Arguments = ChromeArguments.Build(_options, _config),
                Environment = ChromeArguments.Environment(_options),
                WorkingDirectory = _options.Home,
                UserId = _options.UserId,
                OwnsUser = _options.OwnsUser,
                LogPath = _options.LogPath,
                LogLimit = _options.LogLimit,
            });
        }
    }
}
