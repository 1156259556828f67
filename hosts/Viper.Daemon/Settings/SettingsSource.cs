namespace Viper.Daemon.Settings;

/// <summary>Flags over environment over file, before anything is made of the texts.</summary>
internal sealed class SettingsSource(
    IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, IReadOnlyDictionary<string, SettingValue> file)
{
    /// <summary>The value that wins; null where nobody gave one. An empty variable counts as none, except for a secret.</summary>
    internal SettingValue? Find(SettingDefinition setting)
    {
        if (flags.TryGetValue(setting.Name, out string? flag))
        {
            return new SettingValue(flag, setting.Flag);
        }

        string? variable = environment(setting.Variable);
        return !string.IsNullOrEmpty(variable) || (setting.IsSecret && variable is not null)
            ? new SettingValue(variable, setting.Variable)
            : file.GetValueOrDefault(setting.Name);
    }

    /// <summary>A variable of the environment that is no setting of ours.</summary>
    internal string? Variable(string name) => environment(name);
}
