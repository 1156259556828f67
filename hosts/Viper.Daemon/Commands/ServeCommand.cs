using System.CommandLine;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;
using Viper.Orchestration;

namespace Viper.Daemon.Commands;

/// <summary><c>viperd serve</c>: opens the engine, serves its API until it is told to stop, and closes both in order.</summary>
internal static class ServeCommand
{
    internal static Command Make(VerbContext context)
    {
        Command command = new("serve", "Serve the API until SIGTERM or Ctrl-C (the default).");
        command.SetAction((parsed, cancellationToken) => RunAsync(context, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(VerbContext context, ParseResult parsed, CancellationToken stop)
    {
        List<SocketClaim> claims = [];
        try
        {
            DaemonSettings settings = context.Enter(parsed);
            foreach (ApiAddress address in settings.Listen)
            {
                if (address.SocketPath is { } path)
                {
                    claims.Add(SocketClaim.Take(path));
                }
                else
                {
                    CheckPort(address);
                }
            }

            using ILoggerFactory loggers = DaemonLogging.Make(settings.LogLevel);
            IVmEngine engine = await context.Parts.OpenEngine(settings.Engine, loggers, stop);
            try
            {
                await ServeAsync(settings, engine, loggers, stop);
            }
            finally
            {
                await CloseAsync(engine);
            }

            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop while it was still starting.
            return 0;
        }
        finally
        {
            claims.ForEach(c => c.Dispose());
        }
    }

    private static async Task ServeAsync(DaemonSettings settings, IVmEngine engine, ILoggerFactory loggers, CancellationToken stop)
    {
        await using DaemonApp app = new(settings, engine, loggers, TimeProvider.System);
        try
        {
            await app.StartAsync(stop);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new StartException($"The API cannot listen on {string.Join(" and ", settings.Listen)}: {error.Message}", error);
        }

        ILogger logger = loggers.CreateLogger("viperd");
        DaemonLogging.Serving(logger, settings.ToString());
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped))
        {
            await stopped.Task;
        }

        DaemonLogging.Stopping(logger);
        await app.StopAsync();
    }

    // Before the engine is opened, so that a daemon that cannot serve leaves the VMs alone.
    private static void CheckPort(ApiAddress address)
    {
        try
        {
            using Socket probe = new(address.EndPoint!.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(address.EndPoint);
        }
        catch (SocketException error)
        {
            throw new StartException(error.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Something else listens on {address.EndPoint} already; stop it, or name another address with --api-base."
                : $"The API cannot listen on {address.EndPoint}: {error.Message}");
        }
    }

    private static async Task CloseAsync(IVmEngine engine)
    {
        if (engine is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}
