namespace Viper.Daemon.Hosting;

/// <summary>The daemon cannot start on this host as it is; the message says why and what to do.</summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>How the program ends: 1 for a failure, 3 for what does not exist.</summary>
    internal int ExitCode { get; init; } = 1;
}
