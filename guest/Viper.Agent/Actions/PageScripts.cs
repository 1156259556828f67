using System.Text;
using System.Text.Json;

namespace Viper.Agent.Actions;

/// <summary>The agent's own scripts in pages.</summary>
internal static class PageScripts
{
    /// <summary>The isolated world that they run in: what a page's scripts replaced does not deceive them.</summary>
    internal const string World = "viper";

    /// <summary>Gets the function that reads a page's content: format and selector.</summary>
    internal static string Content { get; } = Load("content.js");

    /// <summary>Gets the function that tells whether what is waited for is there: the request's members.</summary>
    internal static string Wait { get; } = Load("wait.js");

    /// <summary>Gets the function that finds a target's element.</summary>
    internal static string Find { get; } = Load("find.js");

    /// <summary>Gets the function of an element that tells whether it can be acted on, and where.</summary>
    internal static string Ready { get; } = Load("ready.js");

    /// <summary>Gets the function of an element that makes it ready to take a text in place of its own.</summary>
    internal static string Fill { get; } = Load("fill.js");

    /// <summary>Gets the function of an element that makes it ready to take a text after its own.</summary>
    internal static string End { get; } = Load("end.js");

    /// <summary>Gets the function of an element that chooses options.</summary>
    internal static string Select { get; } = Load("select.js");

    /// <summary>Gets the function of an element that tells whether it is checked.</summary>
    internal static string Checked { get; } = Load("checked.js");

    /// <summary>Writes the call of a function with arguments that are JSON.</summary>
    internal static string Call(string function, IReadOnlyList<JsonElement> arguments)
    {
        // The line break ends a comment that the function may end with. JSON is JavaScript.
        var call = new StringBuilder("(").Append(function).Append("\n)(");
        for (var i = 0; i < arguments.Count; i++)
        {
            call.Append(i == 0 ? string.Empty : ",").Append(arguments[i].GetRawText());
        }

        return call.Append(')').ToString();
    }

    /// <summary>Writes the call of a function with texts.</summary>
    internal static string Call(string function, params ReadOnlySpan<string?> arguments)
    {
        var call = new StringBuilder("(").Append(function).Append("\n)(");
        for (var i = 0; i < arguments.Length; i++)
        {
            call.Append(i == 0 ? string.Empty : ",").Append(arguments[i] is { } text ? $"\"{JsonEncodedText.Encode(text)}\"" : "null");
        }

        return call.Append(')').ToString();
    }

    /// <summary>Writes the expression that tells whether a function's result, or an expression's value, is truthy.</summary>
    internal static string Truth(string script) =>
        $"(async wanted => Boolean(await (typeof wanted === 'function' ? wanted() : wanted)))({script}\n)";

    private static string Load(string name)
    {
        using var stream = typeof(PageScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The agent was built without {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
