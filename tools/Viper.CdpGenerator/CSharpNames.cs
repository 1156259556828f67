using System.Text;

namespace Viper.CdpGenerator;

/// <summary>The protocol's names in C#'s spelling.</summary>
internal static class CSharpNames
{
    private static readonly HashSet<string> s_taken =
    [
        "Clone", "Equals", "ToString", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "Finalize", "Deconstruct",
        "PrintMembers", "EqualityContract", "Json", "Read", "Of", "Method", "WriteTo", "WriteParameters",
    ];

    private static readonly HashSet<string> s_keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal",
        "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for",
        "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null",
        "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte",
        "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof",
        "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    /// <summary>As a domain's struct. One name would be in the way of every program that writes to its console.</summary>
    public static string Domain(string name) => name == "Console" ? "ConsoleDomain" : name;

    /// <summary>As a type or a method.</summary>
    public static string Pascal(string name)
    {
        StringBuilder text = new(name.StartsWith('-') ? "Minus" : "");
        bool begins = true;
        foreach (char c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                text.Append(begins ? char.ToUpperInvariant(c) : c);
                begins = false;
            }
            else
            {
                begins = true;
            }
        }

        return text.Length == 0 ? "Empty" : char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }

    /// <summary>As a property of a type, whose own name it cannot have.</summary>
    public static string Property(string name, string owner)
    {
        string pascal = Pascal(name);
        return pascal == owner || s_taken.Contains(pascal) ? pascal + "Value" : pascal;
    }

    /// <summary>As a parameter.</summary>
    public static string Parameter(string name)
    {
        string pascal = Pascal(name);
        string camel = char.ToLowerInvariant(pascal[0]) + pascal[1..];
        return s_keywords.Contains(camel) ? "@" + camel : camel;
    }

    /// <summary>As the values of an enum, each once.</summary>
    public static IReadOnlyList<string> Values(IEnumerable<string> values)
    {
        HashSet<string> seen = ["Unrecognized"];
        List<string> names = [];
        foreach (string value in values)
        {
            if (value.Length == 0 || value.Any(static c => c is ' ' or '"' or '\\'))
            {
                throw new InvalidOperationException($"The value '{value}' cannot stand in a list that spaces part.");
            }

            string name = Pascal(value);
            while (!seen.Add(name))
            {
                name += "_";
            }

            names.Add(name);
        }

        return names;
    }
}
