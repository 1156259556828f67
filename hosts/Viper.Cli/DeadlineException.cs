namespace Viper.Cli;

/// <summary>What was waited for did not come in time.</summary>
internal sealed class DeadlineException(string message) : Exception(message);
