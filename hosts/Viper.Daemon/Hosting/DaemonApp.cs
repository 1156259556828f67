using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Viper.Daemon.Endpoints;
using Viper.Daemon.Relay;
using Viper.Daemon.Security;
using Viper.Daemon.Settings;
using Viper.Orchestration;

namespace Viper.Daemon.Hosting;

/// <summary>The daemon's API over an engine: listeners, checks, routes.</summary>
internal sealed class DaemonApp : IAsyncDisposable
{
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly AgentClient _agents = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly DaemonAddresses _addresses = new();
    private readonly HostAllowList _hosts;

    internal DaemonApp(DaemonSettings settings, IVmEngine engine, ILoggerFactory loggers, TimeProvider time)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "viperd" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_shutdownTimeout);
        builder.Services.Configure<SocketTransportOptions>(options =>
        {
            options.CreateBoundListenSocket = ListenSockets.Bind;

            // What a socket brings is looked at where it arrives (SocketThreads). A connection that waits holds its first buffer, of 4 KiB.
            options.UnsafePreferInlineScheduling = true;
            options.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options => Listen(options, settings));
        _hosts = new HostAllowList(settings.Listen, settings.ApiHosts);
        _app = builder.Build();
        Compose(settings, engine, loggers, time);
    }

    /// <summary>The TCP endpoint in use; null where there is none.</summary>
    internal IPEndPoint? TcpEndPoint { get; private set; }

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        ICollection<string> addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (addresses.FirstOrDefault(a => !a.Contains("unix:", StringComparison.Ordinal)) is { } tcp)
        {
            Uri uri = new(tcp);
            TcpEndPoint = new IPEndPoint(IPAddress.Parse(uri.IdnHost.Trim('[', ']')), uri.Port);
            _addresses.TcpAuthority = TcpEndPoint.ToString();
            _hosts.AddPort(uri.Port);
        }
    }

    /// <summary>Ends every stream, then waits for the requests that are under way.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _agents.Dispose();
        _stopping.Dispose();
    }

    private static void Listen(KestrelServerOptions options, DaemonSettings settings)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        options.Limits.MaxRequestBodySize = RequestBody.MaxBytes;
        foreach (ApiAddress address in settings.Listen)
        {
            if (address.SocketPath is not null)
            {
                options.ListenUnixSocket(address.SocketPath, listen => listen.Protocols = HttpProtocols.Http1);
            }
            else
            {
                options.Listen(address.EndPoint!, listen => listen.Protocols = HttpProtocols.Http1);
            }
        }
    }

    private void Compose(DaemonSettings settings, IVmEngine engine, ILoggerFactory loggers, TimeProvider time)
    {
        ProblemBoundary boundary = new(loggers.CreateLogger<ProblemBoundary>());
        TicketSeal seal = new(TicketKey.LoadOrMake(settings.Engine.StateDirectory));
        ApiKey? key = settings.ApiKey is null ? null : new ApiKey(settings.ApiKey);
        AccessCheck access = new(_hosts, new PeerRange(settings.AllowCidr), key, new TicketCheck(engine, seal));
        VmPresenter presenter = new(_addresses);
        _app.Use(static next => async context =>
        {
            await SocketThreads.Leave();
            await next(context);
        });
        _app.Use(next => context => boundary.InvokeAsync(context, next));
        _app.Use(next => context => access.InvokeAsync(context, next));
        _app.UseRouting();
        new VmEndpoints(engine, presenter).Map(_app);
        new TicketEndpoints(engine, seal, _addresses).Map(_app);
        new OperationEndpoints(engine).Map(_app);
        new StreamEndpoints(engine, new StreamPump(time), _stopping.Token).Map(_app);
        new ConsoleEndpoint(engine, _stopping.Token).Map(_app);
        new SystemEndpoints(engine).Map(_app);
        DevToolsSocketRelay sockets = new(engine, new GuestCommandPolicy(), loggers.CreateLogger<DevToolsSocketRelay>(), time);
        new AgentEndpoints(engine, new AgentHttpRelay(_agents, new DiscoveryTickets(engine, seal, key is not null)), sockets, _stopping.Token).Map(_app);
    }
}
