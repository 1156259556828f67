using Viper.Daemon.Commands;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;

namespace Viper.Daemon.Composition;

/// <summary>What <c>setup</c> and <c>doctor</c> act on.</summary>
internal static class SetupComposition
{
    internal static IHostSetup Open(DaemonSettings settings) =>
        throw new StartException("This build of viperd cannot set up networks.");
}
