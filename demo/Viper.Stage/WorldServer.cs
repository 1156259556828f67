using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Viper.Net;

namespace Viper.Stage;

/// <summary>The web server of the bundled site, listening in the namespace that plays the world.</summary>
public sealed class WorldServer : IAsyncDisposable
{
    private const int Port = 80;

    private readonly WebApplication _app;
    private readonly Socket _listener;

    private WorldServer(WebApplication app, Socket listener)
    {
        _app = app;
        _listener = listener;
    }

    public static Uri Address { get; } = new($"http://{StageNetwork.WorldAddress}/");

    public static async Task<WorldServer> StartAsync(NetworkNamespace world, CancellationToken cancellationToken)
    {
        // A socket belongs to the namespace of the thread that made it, whoever uses it afterwards.
        Socket listener = world.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(StageNetwork.WorldAddress, Port));
            socket.Listen();
            return socket;
        });
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenHandle((ulong)listener.SafeHandle.DangerousGetHandle()));
        builder.Services.AddRouting();
        WebApplication app = builder.Build();
        PhysicalFileProvider site = new(Path.Combine(AppContext.BaseDirectory, "site"));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = site });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = site,
            OnPrepareResponse = static served =>
            {
                if (served.File.Name.EndsWith(".txt", StringComparison.Ordinal))
                {
                    served.Context.Response.Headers.ContentDisposition = $"attachment; filename=\"{served.File.Name}\"";
                }
            },
        });
        app.MapPost("/greet", GreetAsync);
        app.MapGet("/silence", SilenceAsync);
        await app.StartAsync(cancellationToken);
        return new WorldServer(app, listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _listener.Dispose();
    }

    /// <summary>Takes a request and says nothing until the caller goes.</summary>
    private static async Task SilenceAsync(HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted);

    private static async Task GreetAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string name = System.Net.WebUtility.HtmlEncode(form["name"].ToString());
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(
            $"<!doctype html><title>Greeting</title><link rel=stylesheet href=style.css><h1 id=greeting>Hello, {name}!</h1>", context.RequestAborted);
    }
}
