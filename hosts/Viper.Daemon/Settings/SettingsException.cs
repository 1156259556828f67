namespace Viper.Daemon.Settings;

/// <summary>A setting that cannot be used; the message names where it came from.</summary>
internal sealed class SettingsException(string message) : Exception(message);
