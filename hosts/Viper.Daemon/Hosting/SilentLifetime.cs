using Microsoft.Extensions.Hosting;

namespace Viper.Daemon.Hosting;

/// <summary>Leaves signals to <see cref="Commands.ServeCommand"/>.</summary>
internal sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
