using Viper.Daemon.Commands;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;

namespace Viper.Daemon.Composition;

/// <summary>What <c>images</c> acts on.</summary>
internal static class ImagesComposition
{
    internal static IImageWorkshop Open(DaemonSettings settings) =>
        throw new StartException("This build of viperd cannot build images.");
}
