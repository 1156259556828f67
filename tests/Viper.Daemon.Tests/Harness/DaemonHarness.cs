using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Viper.Client;
using Viper.Contracts;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;
using Viper.Orchestration;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Harness;

/// <summary>The real daemon on a unix socket and a free loopback port, over a scripted engine and a scripted agent.</summary>
internal sealed class DaemonHarness : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("vpr").FullName;
    private DaemonApp? _app;
    private DaemonSettings? _settings;

    private DaemonHarness()
    {
        Agent = new ScriptedAgent(Engine.AgentToken).WithChrome();
        Engine.AgentEndPoint = Agent.EndPoint;
    }

    /// <summary>Ends a test that hangs; generous, for the machine is shared.</summary>
    internal static CancellationToken Deadline
    {
        get
        {
            CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            deadline.CancelAfter(s_patience);
            return deadline.Token;
        }
    }

    internal ScriptedEngine Engine { get; } = new();

    internal ScriptedAgent Agent { get; }

    internal string SocketPath => Path.Combine(_folder, "viper.sock");

    internal string Folder => _folder;

    internal IPEndPoint Tcp => _app!.TcpEndPoint!;

    internal string TcpBase => $"http://127.0.0.1:{Tcp.Port}";

    internal static async Task<DaemonHarness> StartAsync(Func<DaemonSettings, DaemonSettings>? change = null, TimeProvider? time = null)
    {
        DaemonHarness harness = new();
        DaemonSettings settings = new()
        {
            Engine = new EngineSettings { StateDirectory = harness._folder, RuntimeDirectory = harness._folder, LogDirectory = harness._folder },
            CacheDirectory = harness._folder,
            Listen = [ApiAddress.Unix(harness.SocketPath), ApiAddress.Loopback(0)],
        };
        harness._settings = change?.Invoke(settings) ?? settings;
        harness._app = new DaemonApp(harness._settings, harness.Engine, NullLoggerFactory.Instance, time ?? TimeProvider.System);
        await harness._app.StartAsync(Deadline);
        return harness;
    }

    /// <summary>A client over TCP that adds nothing by itself.</summary>
    internal HttpClient Http() => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(TcpBase), Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>A client over the unix socket.</summary>
    internal HttpClient UnixHttp() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ConnectUnixAsync(cancellationToken), ownsSocket: true),
    })
    { BaseAddress = new Uri("http://daemon/"), Timeout = TimeSpan.FromMinutes(2) };

    internal ViperClient Client(string? key = null) => new(new ViperClientOptions { Address = ViperAddress.Parse("unix:" + SocketPath), ApiKey = key });

    /// <summary>A bare connection to the loopback port.</summary>
    internal async Task<NetworkStream> ConnectAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Tcp, Deadline);
        return new NetworkStream(socket, ownsSocket: true);
    }

    internal async Task<Vm> CreateAsync(string name) => await Engine.CreateAsync(new CreateVmRequest { Name = name }, Deadline);

    internal Task StopAsync() => _app!.StopAsync();

    /// <summary>Ends the daemon and starts another with the same settings and engine, on another port.</summary>
    internal async Task RestartAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = new DaemonApp(_settings!, Engine, NullLoggerFactory.Instance, TimeProvider.System);
        await _app.StartAsync(Deadline);
    }

    internal static StringContent Json(string json)
    {
        StringContent content = new(json, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    internal static async Task<Problem> ProblemOf(HttpResponseMessage response)
    {
        Assert.Equal(Problem.MediaType, response.Content.Headers.ContentType?.MediaType);
        Problem problem = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(Deadline), ViperJson.Default.Problem)!;
        Assert.Equal((int)response.StatusCode, problem.Status);
        Assert.False(string.IsNullOrEmpty(problem.TraceId));
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        await Agent.DisposeAsync();
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Socket> ConnectUnixAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return socket;
    }
}
