using Microsoft.Extensions.Logging;
using Viper.Daemon.Hosting;
using Viper.Orchestration;

namespace Viper.Daemon.Composition;

/// <summary>Opens the engine that the daemon serves.</summary>
internal static class EngineComposition
{
    internal static Task<IVmEngine> OpenAsync(EngineSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        throw new StartException("This build of viperd holds no engine.");
}
