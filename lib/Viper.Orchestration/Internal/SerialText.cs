using System.Text;
using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>What a guest printed, for people: the guest is hostile, so nothing that a terminal would obey.</summary>
internal static class SerialText
{
    private const int MaxCharacters = 400;

    /// <summary>The end of what a machine printed, as a sentence.</summary>
    public static string LastWords(IMachine? machine)
    {
        string text = Clean(Encoding.UTF8.GetString(machine?.Serial.GetReplay() ?? []));
        return text.Length == 0 ? "It printed nothing on its serial port." : $"Its last words on the serial port: {text}";
    }

    /// <summary>The last characters of a text on one line, control characters left out.</summary>
    internal static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (char c in text)
        {
            if (c is '\n' && clean.Length > 0 && clean[^1] != '|')
            {
                clean.Append(" |");
            }
            else if (!char.IsControl(c) && !char.IsSurrogate(c))
            {
                clean.Append(c);
            }
        }

        string all = clean.ToString().TrimEnd(' ', '|');
        return all.Length <= MaxCharacters ? all : "…" + all[^MaxCharacters..];
    }
}
