namespace Viper.OpenApiFacts;

/// <summary>Reads as much of YAML as OpenAPI files are written in: block mappings and sequences, and sequences in brackets.</summary>
/// <remarks>Sentences are left out while reading: what stands under <c>description</c>, <c>summary</c> and <c>title</c>.</remarks>
public static class YamlReader
{
    private static readonly string[] s_sentences = ["description", "summary", "title"];

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDataException">A line is neither an entry nor an item.</exception>
    public static YamlNode Read(IEnumerable<string> lines)
    {
        List<(int Indent, string Text)> kept = [];
        int sentence = int.MaxValue;
        foreach (string line in lines)
        {
            string text = WithoutComment(line);
            int indent = text.Length - text.TrimStart().Length;
            if (text.Trim().Length == 0 || indent > sentence)
            {
                continue;
            }

            text = text.Trim();
            bool isSentence = s_sentences.Any(key => text.StartsWith(key + ":", StringComparison.Ordinal));
            sentence = isSentence ? indent : int.MaxValue;
            if (!isSentence)
            {
                kept.Add((indent, text));
            }
        }

        int position = 0;
        return Block(kept, ref position, kept.Count == 0 ? 0 : kept[0].Indent);
    }

    private static YamlNode Block(List<(int Indent, string Text)> lines, ref int position, int indent)
    {
        YamlNode node = new();
        while (position < lines.Count && lines[position].Indent == indent)
        {
            string text = lines[position].Text;
            if (text.StartsWith("- ", StringComparison.Ordinal))
            {
                position++;
                node.Items.Add(Value(text[2..]));
                continue;
            }

            (string key, string value) = Split(text);
            position++;
            if (value.Length > 0)
            {
                node.Entries.Add(new(key, Value(value)));
            }
            else if (position < lines.Count && lines[position].Indent > indent)
            {
                node.Entries.Add(new(key, Block(lines, ref position, lines[position].Indent)));
            }
            else
            {
                node.Entries.Add(new(key, new YamlNode()));
            }
        }

        if (position < lines.Count && lines[position].Indent > indent)
        {
            throw new InvalidDataException($"The line '{lines[position].Text}' stands deeper than what it could belong to.");
        }

        return node;
    }

    private static YamlNode Value(string text)
    {
        if (!text.StartsWith('['))
        {
            return new YamlNode { Scalar = Unquote(text) };
        }

        YamlNode node = new();
        node.Items.AddRange(text.Trim('[', ']').Split(',').Select(static item => new YamlNode { Scalar = Unquote(item.Trim()) }));
        return node;
    }

    private static (string Key, string Value) Split(string text)
    {
        string quoted = text[0] is '"' or '\'' ? text[..(text.IndexOf(text[0], 1) + 1)] : "";
        int colon = text.IndexOf(':', quoted.Length);
        return colon < 0 || (colon + 1 < text.Length && text[colon + 1] != ' ')
            ? throw new InvalidDataException($"The line '{text}' is neither an entry nor an item.")
            : (Unquote(text[..colon]), text[(colon + 1)..].Trim());
    }

    private static string Unquote(string text) =>
        text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;

    private static string WithoutComment(string line)
    {
        int comment = line.IndexOf(" #", StringComparison.Ordinal);
        return line.StartsWith('#') ? "" : comment < 0 ? line : line[..comment];
    }
}
