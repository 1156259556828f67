namespace Viper.Daemon.Settings;

/// <summary>The text of a setting and where it came from.</summary>
/// <param name="Text">The value as written.</param>
/// <param name="Source">For messages: <c>--subnet</c>, <c>VIPER_SUBNET</c>, <c>subnet in /etc/viper/viper.json</c>.</param>
internal sealed record SettingValue(string Text, string Source)
{
    /// <summary>The complaint that this value is not <paramref name="expected"/>.</summary>
    internal SettingsException NotA(string expected) => new($"{Source}: '{Text}' is not {expected}.");
}
