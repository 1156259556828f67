using Viper.Daemon.Commands;
using Viper.Daemon.Settings;

namespace Viper.Daemon.Composition;

/// <summary>What <c>images</c> acts on.</summary>
internal static class ImagesComposition
{
    internal static IImageWorkshop Open(DaemonSettings settings) => new ImageWorkshop(settings);
}
