using Viper.Cli.Commands;

namespace Viper.Cli;

internal static class Program
{
    internal static async Task<int> Main(string[] arguments)
    {
        using InterruptSignal interrupt = new();
        CliContext context = new(Console.Out, Console.Error, Environment.GetEnvironmentVariable, isErrorTerminal: !Console.IsErrorRedirected);
        return await CliCommandLine.RunAsync(arguments, context, interrupt.Token);
    }
}
