using System.Diagnostics;
using System.Text.Json;

namespace Viper.CdpGenerator;

/// <summary>The npm package devtools-protocol.</summary>
internal static class ProtocolPackage
{
    // The one fact that the package's JSON has in a sentence alone.
    private const string Base64Sentence = "Encoded as a base64 string when passed over JSON";

    /// <summary>Fetches a version and reads its facts.</summary>
    public static async Task<Protocol> FetchAsync(string version)
    {
        string folder = Directory.CreateTempSubdirectory("cdp-").FullName;
        try
        {
            await RunAsync(folder, "npm", "pack", "--silent", "devtools-protocol@" + version);
            await RunAsync(folder, "tar", "xzf", Directory.GetFiles(folder, "*.tgz").Single());
            List<Domain> domains = [];
            foreach (string name in new[] { "browser_protocol", "js_protocol" })
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "package", "json", name + ".json")));
                domains.AddRange(document.RootElement.GetProperty("domains").EnumerateArray().Select(ReadDomain));
            }

            return new Protocol(version, [.. domains.OrderBy(static d => d.Name, StringComparer.Ordinal)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed.");
        }
    }

    private static Domain ReadDomain(JsonElement domain)
    {
        string name = Text(domain, "domain")!;
        return new Domain(
            name,
            ReadMarks(domain),
            [.. Items(domain, "types").Select(t => new TypeFacts(Text(t, "id")!, TypeOf(t, name), ReadMarks(t), Values(t), Members(t, "properties", name)))],
            [.. Items(domain, "commands").Select(c => new CommandFacts(Text(c, "name")!, ReadMarks(c), Members(c, "parameters", name), Members(c, "returns", name)))],
            [.. Items(domain, "events").Select(e => new EventFacts(Text(e, "name")!, ReadMarks(e), Members(e, "parameters", name)))]);
    }

    private static Member[] Members(JsonElement owner, string list, string domain) =>
        [.. Items(owner, list).Select(m => new Member(Text(m, "name")!, TypeOf(m, domain), ReadMarks(m), Values(m)))];

    private static string TypeOf(JsonElement element, string domain)
    {
        if (Text(element, "$ref") is { } reference)
        {
            return reference.Contains('.', StringComparison.Ordinal) ? reference : $"{domain}.{reference}";
        }

        string type = Text(element, "type")!;
        return type == "array" ? "[]" + TypeOf(element.GetProperty("items"), domain)
            : type == "string" && Text(element, "description")?.Contains(Base64Sentence, StringComparison.Ordinal) == true ? "binary"
            : type;
    }

    private static Marks ReadMarks(JsonElement element) =>
        (Is(element, "optional") ? Marks.Optional : 0) | (Is(element, "experimental") ? Marks.Experimental : 0)
        | (Is(element, "deprecated") ? Marks.Deprecated : 0);

    private static string[] Values(JsonElement element) => [.. Items(element, "enum").Select(static v => v.GetString()!)];

    private static bool Is(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray() : default;
}
