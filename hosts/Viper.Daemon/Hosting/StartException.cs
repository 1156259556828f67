namespace Viper.Daemon.Hosting;

/// <summary>The daemon cannot start on this host as it is; the message says why and what to do.</summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);
