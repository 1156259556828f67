using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>Reads one line of QMP.</summary>
internal static class QmpMessageReader
{
    /// <summary>Reads a message; false when the line is none.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> line, out QmpMessage message)
    {
        message = default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && TryRead(document.RootElement, out message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string with broken UTF-16 escapes, which shows only when it is read.
            return false;
        }
    }

    /// <summary>Whether a greeting lists a capability.</summary>
    public static bool Offers(JsonElement greeting, string capability) =>
        greeting.ValueKind == JsonValueKind.Object && greeting.TryGetProperty("capabilities", out JsonElement offered)
        && offered.ValueKind == JsonValueKind.Array
        && offered.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(capability));

    private static bool TryRead(JsonElement root, out QmpMessage message)
    {
        message = default;
        long? id = root.TryGetProperty("id", out JsonElement idValue) && idValue.ValueKind == JsonValueKind.Number
            && idValue.TryGetInt64(out long number) ? number : null;
        if (root.TryGetProperty("return", out JsonElement result))
        {
            message = new QmpMessage(QmpMessageKind.Return, id, "", "", result.Clone());
            return true;
        }

        if (root.TryGetProperty("error", out JsonElement error))
        {
            message = new QmpMessage(QmpMessageKind.Error, id, Text(error, "class"), Text(error, "desc"), default);
            return true;
        }

        if (root.TryGetProperty("event", out JsonElement name) && name.ValueKind == JsonValueKind.String)
        {
            JsonElement data = root.TryGetProperty("data", out JsonElement found) ? found.Clone() : default;
            message = new QmpMessage(QmpMessageKind.Event, null, name.GetString()!, "", data);
            return true;
        }

        if (root.TryGetProperty("QMP", out JsonElement greeting))
        {
            message = new QmpMessage(QmpMessageKind.Greeting, null, "", "", greeting.Clone());
            return true;
        }

        return false;
    }

    private static string Text(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
