namespace Viper.OpenApiFacts;

/// <summary>The facts of an OpenAPI description, one to a line.</summary>
/// <remarks>
/// <c>operation METHOD NAME BODY ANSWERS</c>, <c>schema NAME KIND</c>, <c>property SCHEMA NAME TYPE required|optional [default=…] [minimum=…]
/// [maximum=…]</c>, <c>enum SCHEMA VALUES</c>. A dash stands for nothing.
/// </remarks>
public static class FactLines
{
    private static readonly string[] s_limits = ["default", "minimum", "maximum"];

    /// <summary>The facts of a document, in its order.</summary>
    public static IEnumerable<string> Of(YamlNode document)
    {
        foreach ((string path, YamlNode methods) in document["paths"]?.Entries ?? [])
        {
            foreach ((string method, YamlNode operation) in methods.Entries)
            {
                yield return $"operation {method.ToUpperInvariant()} {path.TrimStart('/')} {BodyOf(operation["requestBody"])} {Answers(operation)}";
            }
        }

        foreach ((string name, YamlNode schema) in document["components"]?["schemas"]?.Entries ?? [])
        {
            foreach (string fact in SchemaFacts(name, schema))
            {
                yield return fact;
            }
        }
    }

    private static IEnumerable<string> SchemaFacts(string name, YamlNode schema)
    {
        if (schema["enum"] is { } values)
        {
            yield return $"schema {name} enum";
            yield return $"enum {name} {string.Join(' ', values.Items.Select(static value => value.Scalar))}";
            yield break;
        }

        yield return $"schema {name} {TypeOf(schema)}";
        HashSet<string> required = [.. schema["required"]?.Items.Select(static item => item.Scalar!) ?? []];
        foreach ((string property, YamlNode type) in schema["properties"]?.Entries ?? [])
        {
            string limits = string.Concat(
                s_limits.Where(key => type[key] is not null).Select(key => $" {key}={type.Text(key)}"));
            yield return $"property {name} {property} {TypeOf(type)} {(required.Contains(property) ? "required" : "optional")}{limits}";
        }
    }

    private static string Answers(YamlNode operation) => string.Join(
        ',',
        (operation["responses"]?.Entries ?? []).Select(static answer =>
            BodyOf(answer.Value) is var body && body == "-" ? answer.Key : $"{answer.Key}:{body}"));

    private static string BodyOf(YamlNode? holder) =>
        holder?["content"]?["application/json"]?["schema"] is { } schema ? TypeOf(schema) : "-";

    private static string TypeOf(YamlNode type)
    {
        if (type.Text("$ref") is { } reference)
        {
            return reference[(reference.LastIndexOf('/') + 1)..];
        }

        return type.Text("type") switch
        {
            "array" => $"array<{TypeOf(type["items"]!)}>",
            "object" or null when type["additionalProperties"] is { } values => $"map<{TypeOf(values)}>",
            "object" or null => "object",
            var name => type.Text("format") is { } format ? $"{name}:{format}" : name,
        };
    }
}
