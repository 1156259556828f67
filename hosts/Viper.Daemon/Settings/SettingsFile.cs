using System.Text.Json;

namespace Viper.Daemon.Settings;

/// <summary>The settings file: one JSON object of camelCase members.</summary>
internal static class SettingsFile
{
    internal const string DefaultPath = "/etc/viper/viper.json";

    /// <summary>The settings in a file; none where the default file does not exist.</summary>
    internal static Dictionary<string, SettingValue> Read(string? path)
    {
        string file = path ?? DefaultPath;
        byte[] content;
        try
        {
            if (path is null && !File.Exists(file))
            {
                return [];
            }

            content = File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The settings file {file} cannot be read: {error.Message}");
        }

        return Parse(content, file);
    }

    internal static Dictionary<string, SettingValue> Parse(ReadOnlyMemory<byte> content, string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new SettingsException($"The settings file {file} must hold one JSON object.");
            }

            Dictionary<string, SettingValue> settings = [];
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                Add(settings, member, file);
            }

            return settings;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new SettingsException($"The settings file {file} is not valid JSON: {error.Message}");
        }
    }

    private static void Add(Dictionary<string, SettingValue> settings, JsonProperty member, string file)
    {
        if (SettingDefinitions.All.FirstOrDefault(d => d.Name == member.Name) is not { } definition)
        {
            throw new SettingsException($"The settings file {file} has an unknown member '{member.Name}'; it takes {string.Join(", ", SettingDefinitions.All.Select(d => d.Name))}.");
        }

        string source = $"{member.Name} in {file}";
        string text = member.Value.ValueKind switch
        {
            JsonValueKind.String => member.Value.GetString()!,
            JsonValueKind.Number when definition.IsNumber => member.Value.GetRawText(),
            JsonValueKind.Array when member.Value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String) =>
                string.Join(',', member.Value.EnumerateArray().Select(e => e.GetString())),
            _ => throw new SettingsException($"{source} must be a {(definition.IsNumber ? "number" : "string or an array of strings")}."),
        };

        if (!settings.TryAdd(member.Name, new SettingValue(text, source)))
        {
            throw new SettingsException($"The settings file {file} has '{member.Name}' twice.");
        }
    }
}
