namespace Viper.Stage;

/// <summary>The demo cannot go on; the message is for the person who started it.</summary>
public sealed class StageException(string message) : Exception(message);
