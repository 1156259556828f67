using Microsoft.Extensions.Logging;
using Viper.Daemon.Commands;
using Viper.Daemon.Settings;
using Viper.Orchestration;

namespace Viper.Daemon.Composition;

/// <summary>What the verbs work with.</summary>
internal sealed record ViperdParts
{
    /// <summary>The parts of the program as it is installed.</summary>
    internal static ViperdParts Real { get; } = new()
    {
        OpenEngine = EngineComposition.OpenAsync,
        OpenSetup = SetupComposition.Open,
        OpenImages = ImagesComposition.Open,
        EnterNamespace = NamespaceComposition.Enter,
    };

    internal required Func<EngineSettings, ILoggerFactory, CancellationToken, Task<IVmEngine>> OpenEngine { get; init; }

    internal required Func<DaemonSettings, IHostSetup> OpenSetup { get; init; }

    internal required Func<DaemonSettings, IImageWorkshop> OpenImages { get; init; }

    /// <summary>Takes the namespace and what tells the program to stop; returns only where the process is inside already.</summary>
    internal required Action<string, CancellationToken> EnterNamespace { get; init; }
}
