using System.Runtime.CompilerServices;
using Viper.Daemon.Hosting;

namespace Viper.Daemon.Tests.Harness;

/// <summary>The daemon in these tests handles its sockets as the program does.</summary>
internal static class InPlaceSockets
{
    [ModuleInitializer]
    internal static void Choose() => SocketThreads.HandleInPlace();
}
