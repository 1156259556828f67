using Viper.Daemon.Commands;
using Viper.Daemon.Composition;
using Viper.Daemon.Hosting;

namespace Viper.Daemon;

internal static class Program
{
    internal static async Task<int> Main(string[] arguments)
    {
        SocketThreads.HandleInPlace();
        using StopSignals signals = new();
        return await ViperdCommandLine.RunAsync(arguments, ViperdParts.Real, Console.Out, Console.Error, signals.Token);
    }
}
