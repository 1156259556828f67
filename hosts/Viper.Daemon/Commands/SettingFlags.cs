using System.CommandLine;
using Viper.Daemon.Settings;

namespace Viper.Daemon.Commands;

/// <summary>The flags of every verb: one per setting that is no secret, and the settings file.</summary>
internal sealed class SettingFlags
{
    private readonly Dictionary<string, Option<string?>> _flags = [];
    private readonly Option<string?> _config = new("--config") { Description = $"The settings file ({SettingsFile.DefaultPath}).", Recursive = true, HelpName = "FILE" };

    internal void AddTo(Command root)
    {
        foreach (SettingDefinition setting in SettingDefinitions.All.Where(s => !s.IsSecret))
        {
            Option<string?> flag = new(setting.Flag) { Description = $"{setting.Help} [{setting.Variable}, {setting.Name}]", Recursive = true, HelpName = "VALUE" };
            _flags.Add(setting.Name, flag);
            root.Options.Add(flag);
        }

        root.Options.Add(_config);
    }

    internal DaemonSettings Load(ParseResult parsed)
    {
        Dictionary<string, string> given = [];
        foreach ((string name, Option<string?> flag) in _flags)
        {
            if (parsed.GetValue(flag) is { } text)
            {
                given.Add(name, text);
            }
        }

        return SettingsLoader.Load(given, parsed.GetValue(_config));
    }
}
