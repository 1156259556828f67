namespace Viper.Agent.Browser;

/// <summary>How a Chrome ended: by itself with a code, by a signal, or never started.</summary>
internal readonly record struct ChromeExit(int? ExitCode, int? Signal, string? StartError)
{
    internal string Reason => this switch
    {
        { StartError: { } error } => error,
        { Signal: { } signal } => $"ended by signal {signal}",
        _ => $"exited with code {ExitCode}",
    };
}
