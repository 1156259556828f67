namespace Viper.Cli;

/// <summary>The command line cannot be carried out as it was written.</summary>
internal sealed class UsageException(string message) : Exception(message);
