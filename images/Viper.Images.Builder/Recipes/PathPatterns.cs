using System.Text;
using System.Text.RegularExpressions;

namespace Viper.Images.Builder.Recipes;

/// <summary>
/// Paths by pattern: <c>*</c> is any run of characters within a name, <c>**</c> any run across names, <c>?</c> one character.
/// A pattern that ends in <c>/**</c> means the folder as well. A pattern after <c>!</c> takes paths out again; the last
/// pattern that fits decides.
/// </summary>
internal sealed class PathPatterns
{
    private readonly (Regex Pattern, bool Included)[] _patterns;

    internal PathPatterns(IEnumerable<string> patterns)
    {
        _patterns = [.. patterns.Select(pattern => (Compile(pattern.TrimStart('!')), !pattern.StartsWith('!')))];
    }

    internal bool Matches(string path)
    {
        for (int i = _patterns.Length - 1; i >= 0; i--)
        {
            if (_patterns[i].Pattern.IsMatch(path))
            {
                return _patterns[i].Included;
            }
        }

        return false;
    }

    private static Regex Compile(string pattern)
    {
        StringBuilder expression = new("^");
        bool wholeFolder = pattern.EndsWith("/**", StringComparison.Ordinal);
        string body = wholeFolder ? pattern[..^3] : pattern;
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] == '*')
            {
                bool across = i + 1 < body.Length && body[i + 1] == '*';
                expression.Append(across ? ".*" : "[^/]*");
                i += across ? 1 : 0;
            }
            else
            {
                expression.Append(body[i] == '?' ? "[^/]" : Regex.Escape(body[i].ToString()));
            }
        }

        expression.Append(wholeFolder ? "(/.*)?$" : "$");
        return new Regex(expression.ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
