using Viper.Daemon.Commands;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;
using Viper.Net;
using Viper.Orchestration.Network;

namespace Viper.Daemon.Composition;

/// <summary>What <c>setup</c> and <c>doctor</c> act on.</summary>
internal static class SetupComposition
{
    internal static IHostSetup Open(DaemonSettings settings)
    {
        try
        {
            return new HostSetup(settings, new HostNetwork(settings.Engine.ToHostNetwork()));
        }
        catch (Exception e) when (e is HostNetworkException or NetException)
        {
            throw new StartException(e.Message, e);
        }
    }
}
