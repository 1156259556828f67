namespace Viper.Agent.Actions;

/// <summary>A key of an American keyboard, with those that are held.</summary>
/// <param name="Key">What it is (<c>a</c>, <c>Enter</c>), as KeyboardEvent.key has it.</param>
/// <param name="Code">Where it is (<c>KeyA</c>), as KeyboardEvent.code has it.</param>
/// <param name="VirtualKey">Its number, as Windows has it.</param>
/// <param name="Text">What it types; null for nothing.</param>
/// <param name="Modifiers">Alt 1, Control 2, Meta 4, Shift 8.</param>
internal sealed record KeyStroke(string Key, string Code, int VirtualKey, string? Text, int Modifiers)
{
    private const int Shift = 8;

    // Digits and signs by their keys: without and with Shift.
    private static readonly (string Code, int VirtualKey, string Plain, string Shifted)[] s_signs =
    [
        ("Backquote", 192, "`", "~"), ("Minus", 189, "-", "_"), ("Equal", 187, "=", "+"), ("BracketLeft", 219, "[", "{"),
        ("BracketRight", 221, "]", "}"), ("Backslash", 220, "\\", "|"), ("Semicolon", 186, ";", ":"), ("Quote", 222, "'", "\""),
        ("Comma", 188, ",", "<"), ("Period", 190, ".", ">"), ("Slash", 191, "/", "?"),
    ];

    private static readonly Dictionary<string, (int VirtualKey, string? Text)> s_named = new(StringComparer.Ordinal)
    {
        ["Enter"] = (13, "\r"),
        ["Tab"] = (9, null),
        ["Backspace"] = (8, null),
        ["Delete"] = (46, null),
        ["Escape"] = (27, null),
        ["Space"] = (32, " "),
        ["ArrowUp"] = (38, null),
        ["ArrowDown"] = (40, null),
        ["ArrowLeft"] = (37, null),
        ["ArrowRight"] = (39, null),
        ["Home"] = (36, null),
        ["End"] = (35, null),
        ["PageUp"] = (33, null),
        ["PageDown"] = (34, null),
        ["Insert"] = (45, null),
    };

    private static readonly Dictionary<string, int> s_held = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Alt"] = 1,
        ["Control"] = 2,
        ["ControlOrMeta"] = 2,
        ["Meta"] = 4,
        ["Shift"] = Shift,
    };

    /// <summary>Gets the key that submits.</summary>
    internal static KeyStroke Enter { get; } = new("Enter", "Enter", 13, "\r", 0);

    /// <summary>Gets the key that deletes what is selected.</summary>
    internal static KeyStroke Delete { get; } = new("Delete", "Delete", 46, null, 0);

    /// <summary>Reads a key (<c>Enter</c>, <c>a</c>, <c>Control+Shift+ArrowLeft</c>).</summary>
    internal static bool TryParse(string text, out KeyStroke stroke)
    {
        var held = 0;
        while (text.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus && plus < text.Length - 1 && s_held.TryGetValue(text[..plus], out var bit))
        {
            held |= bit;
            text = text[(plus + 1)..];
        }

        var plain = PlainOf(text);
        stroke = plain is null ? new KeyStroke(string.Empty, string.Empty, 0, null, 0) : plain with
        {
            Modifiers = plain.Modifiers | held,

            // What is held with Control, Alt or Meta is a command and types nothing.
            Text = (held & ~Shift) == 0 ? plain.Text : null,
        };
        return plain is not null;
    }

    private static KeyStroke? PlainOf(string text)
    {
        const string ShiftedDigits = ")!@#$%^&*(";
        if (s_named.Keys.FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } code)
        {
            var (virtualKey, typed) = s_named[code];
            return new KeyStroke(code == "Space" ? " " : code, code, virtualKey, typed, 0);
        }

        if (text.Length is 2 or 3 && text[0] is 'F' or 'f' && int.TryParse(text[1..], out var number) && number is >= 1 and <= 12)
        {
            return new KeyStroke($"F{number}", $"F{number}", 111 + number, null, 0);
        }

        if (text.Length != 1)
        {
            return null;
        }

        var sign = text[0];
        return sign switch
        {
            ' ' => new KeyStroke(" ", "Space", 32, " ", 0),
            >= 'a' and <= 'z' => new KeyStroke(text, $"Key{char.ToUpperInvariant(sign)}", char.ToUpperInvariant(sign), text, 0),
            >= 'A' and <= 'Z' => new KeyStroke(text, $"Key{sign}", sign, text, Shift),
            >= '0' and <= '9' => new KeyStroke(text, $"Digit{sign}", sign, text, 0),
            _ when ShiftedDigits.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var digit => new KeyStroke(text, $"Digit{digit}", '0' + digit, text, Shift),
            _ => SignOf(text),
        };
    }

    private static KeyStroke? SignOf(string text)
    {
        foreach (var (code, virtualKey, plain, shifted) in s_signs)
        {
            if (text == plain || text == shifted)
            {
                return new KeyStroke(text, code, virtualKey, text, text == shifted ? Shift : 0);
            }
        }

        return null;
    }
}
