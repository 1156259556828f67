namespace Viper.Images.Builder.Recipes;

/// <summary>A line of a recipe that says something, without its comment.</summary>
internal readonly record struct RecipeLine(string Path, int Number, string Text)
{
    internal RecipeException Wrong(string problem) => new(Path, Number, problem);

    internal string[] Words(int count, string form)
    {
        string[] words = Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == count ? words : throw Wrong($"expected {form}, found '{Text}'");
    }

    internal string GuestPath(string text) =>
        text.StartsWith('/') && text.Length > 1 && !text.EndsWith('/') && !text[1..].Split('/').Any(part => part is "" or "." or "..")
            ? text
            : throw Wrong($"'{text}' is not an absolute path in the guest, such as /etc/hosts");

    internal int Mode(string text)
    {
        int mode = 0;
        foreach (char digit in text)
        {
            mode = digit is >= '0' and <= '7' && mode <= 0xfff ? (mode << 3) | (digit - '0') : 0x10000;
        }

        return text.Length is >= 3 and <= 4 && mode <= 0b001_111_111_111 ? mode : throw Wrong($"'{text}' is not a mode, such as 0755 (setuid and setgid are not allowed)");
    }

    internal string Name(string text, string what) =>
        text.Length is > 0 and <= 128 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '+' or '.')
            ? text
            : throw Wrong($"'{text}' is not the name of a {what}");
}
