using Microsoft.Extensions.Logging;
using Viper.Orchestration;

namespace Viper.Daemon.Composition;

/// <summary>Opens the engine that the daemon serves.</summary>
internal static class EngineComposition
{
    internal static async Task<IVmEngine> OpenAsync(EngineSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        await VmEngine.OpenAsync(settings, loggers, cancellationToken);
}
