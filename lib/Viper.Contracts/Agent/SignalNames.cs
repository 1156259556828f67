using System.Globalization;

namespace Viper.Contracts.Agent;

/// <summary>The names of signals (signal(7)); the numbers are those of x86 and ARM.</summary>
public static class SignalNames
{
    private const int Last = 64;

    private static readonly string[] s_names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Writes a number, 1 to 64, as a name: <c>SIGKILL</c>, or <c>SIG40</c> where there is none.</summary>
    public static string NameOf(int number) =>
        number > 0 && number < s_names.Length ? "SIG" + s_names[number] : "SIG" + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a name, with or without <c>SIG</c>, or a number from 1 to 64; null when it is neither.</summary>
    public static int? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number is > 0 and <= Last ? number : null;
        }

        int found = Array.FindIndex(s_names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return found > 0 ? found : null;
    }
}
