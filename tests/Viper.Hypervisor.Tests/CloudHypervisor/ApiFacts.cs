using System.Text.Json.Nodes;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>The facts of the program's OpenAPI file, as tools/Viper.OpenApiFacts extracts them.</summary>
internal sealed class ApiFacts
{
    private readonly List<string[]> _lines;

    private ApiFacts(List<string[]> lines) => _lines = lines;

    public static ApiFacts Current { get; } = new(
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "CloudHypervisor", "openapi-v53.0.facts.txt")).Select(line => line.Split(' '))]);

    /// <summary>Method, name, body schema and answers of each operation.</summary>
    public IEnumerable<(string Method, string Name, string Body, string Answers)> Operations =>
        Of("operation").Select(line => (line[1], line[2], line[3], line[4]));

    /// <summary>The schemas that are objects with properties.</summary>
    public IEnumerable<string> Objects => Of("schema").Where(line => line[2] == "object").Select(line => line[1]);

    /// <summary>The values of each enum.</summary>
    public IEnumerable<(string Name, string[] Values)> Enums => Of("enum").Select(line => (line[1], line[2..]));

    /// <summary>Name, type and necessity of each property of a schema.</summary>
    public IEnumerable<(string Name, string Type, bool Required)> Properties(string schema) =>
        Of("property").Where(line => line[1] == schema).Select(line => (line[2], line[3], line[4] == "required"));

    /// <summary>A value of a type, with every property of every schema in it.</summary>
    public JsonNode Sample(string type)
    {
        if (type.StartsWith("array<", StringComparison.Ordinal))
        {
            return new JsonArray(Sample(type[6..^1]));
        }

        if (type.StartsWith("map<", StringComparison.Ordinal))
        {
            return new JsonObject { ["some"] = Sample(type[4..^1]) };
        }

        switch (type.Split(':')[0])
        {
            case "integer":
                return JsonValue.Create(7);
            case "boolean":
                return JsonValue.Create(true);
            case "string":
                return JsonValue.Create("text");
            case "object":
                return new JsonObject { ["Kind"] = new JsonObject { ["index"] = 1 } };
            default:
                break;
        }

        if (Enums.FirstOrDefault(e => e.Name == type).Values is { } values)
        {
            return JsonValue.Create(values[^1]);
        }

        JsonObject sample = [];
        foreach ((string name, string property, _) in Properties(type))
        {
            // Two properties are plain strings in the file and have a fixed set of values in the program.
            sample[name] = name switch
            {
                "hotplug_method" => JsonValue.Create("VirtioMem"),
                "vhost_mode" => JsonValue.Create("Server"),
                _ => Sample(property),
            };
        }

        return sample;
    }

    private IEnumerable<string[]> Of(string kind) => _lines.Where(line => line[0] == kind);
}
