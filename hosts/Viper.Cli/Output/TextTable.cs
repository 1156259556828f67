namespace Viper.Cli.Output;

/// <summary>A table for people: a heading and rows, each column as wide as its widest cell.</summary>
internal sealed class TextTable(params string[] heading)
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [heading];

    internal void Add(params string[] row) => _rows.Add([.. row.Select(Clean)]);

    /// <summary>Adds a name and its value; nothing where there is no value.</summary>
    internal void AddIfAny(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Add(name, value);
        }
    }

    internal void Write(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, _rows[0].Length).Select(c => _rows.Max(r => r[c].Length))];
        foreach (string[] row in _rows)
        {
            IEnumerable<string> cells = row.Select((cell, c) => c == row.Length - 1 ? cell : cell.PadRight(widths[c] + Gap));
            output.WriteLine(string.Concat(cells).TrimEnd());
        }
    }

    // What a guest or another caller wrote must not move the cursor of this terminal.
    private static string Clean(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
