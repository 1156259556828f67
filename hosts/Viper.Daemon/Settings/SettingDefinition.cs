using System.Text;

namespace Viper.Daemon.Settings;

/// <summary>One setting and its three spellings.</summary>
/// <param name="Name">In the settings file: <c>stateDir</c>.</param>
/// <param name="Help">What it is, for <c>--help</c>.</param>
/// <param name="IsSecret">Whether it has no flag, for command lines can be read by every user.</param>
/// <param name="IsNumber">Whether the settings file may spell it as a number.</param>
internal sealed record SettingDefinition(string Name, string Help, bool IsSecret = false, bool IsNumber = false)
{
    /// <summary>In the environment: <c>VIPER_STATE_DIR</c>.</summary>
    internal string Variable { get; } = "VIPER_" + Separate(Name, '_').ToUpperInvariant();

    /// <summary>On the command line: <c>--state-dir</c>.</summary>
    internal string Flag { get; } = "--" + Separate(Name, '-');

    private static string Separate(string name, char separator)
    {
        StringBuilder text = new(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                text.Append(separator);
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
