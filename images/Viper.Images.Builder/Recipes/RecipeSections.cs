using System.Text;

namespace Viper.Images.Builder.Recipes;

/// <summary>The lines of a recipe by section: <c>[name]</c> begins one, <c>#</c> at a word's start begins a comment.</summary>
internal sealed class RecipeSections
{
    private static readonly string[] s_names =
        ["image", "boot modules", "late modules", "packages", "drop", "prune", "users", "directories", "links", "files"];

    private readonly Dictionary<string, List<RecipeLine>> _lines = s_names.ToDictionary(name => name, _ => new List<RecipeLine>(), StringComparer.Ordinal);

    private RecipeSections()
    {
    }

    internal IReadOnlyList<RecipeLine> this[string section] => _lines[section];

    internal static RecipeSections Parse(string path, byte[] content)
    {
        RecipeSections sections = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<RecipeLine>? current = null;
        string[] lines = Decode(path, content).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            RecipeLine line = new(path, i + 1, WithoutComment(lines[i]).Trim());
            if (line.Text.Length == 0)
            {
                continue;
            }

            if (line.Text[0] == '[')
            {
                string name = line.Text[^1] == ']' ? line.Text[1..^1] : throw line.Wrong("a section's line ends in ']'");
                current = sections._lines.GetValueOrDefault(name)
                    ?? throw line.Wrong($"there is no section '{name}'; the sections are {string.Join(", ", s_names)}");
                if (!seen.Add(name))
                {
                    throw line.Wrong($"the section '{name}' is there twice");
                }
            }
            else
            {
                (current ?? throw line.Wrong("expected a section, such as [image]")).Add(line);
            }
        }

        return sections;
    }

    private static string Decode(string path, byte[] content)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException)
        {
            throw new RecipeException(path, 0, "this is not UTF-8 text");
        }
    }

    private static string WithoutComment(string line)
    {
        for (int i = line.IndexOf('#'); i >= 0; i = line.IndexOf('#', i + 1))
        {
            if (i == 0 || char.IsWhiteSpace(line[i - 1]))
            {
                return line[..i];
            }
        }

        return line;
    }
}
