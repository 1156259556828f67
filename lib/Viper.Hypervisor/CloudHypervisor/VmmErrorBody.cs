using System.Text.Json;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Reads the causes out of an error's body, whatever its form.</summary>
/// <remarks>
/// Seen in practice: an array of strings from the outermost to the innermost cause; an object with one string <c>error</c> whose
/// raw line end makes it no valid JSON; a plain string; nothing.
/// </remarks>
internal static class VmmErrorBody
{
    private const int CauseLimit = 32;
    private const int TextLimit = 4096;

    public static IReadOnlyList<string> ReadCauses(ReadOnlySpan<byte> body)
    {
        body = body.Trim(" \r\n\t"u8);
        if (body.IsEmpty)
        {
            return [];
        }

        try
        {
            Utf8JsonReader reader = new(body);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (Collect(document.RootElement) is { Count: > 0 } causes)
            {
                return causes;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON: the text itself is the best there is.
        }

        return [Cut(System.Text.Encoding.UTF8.GetString(body))];
    }

    private static List<string> Collect(JsonElement root)
    {
        List<string> causes = [];
        switch (root.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (JsonElement element in root.EnumerateArray())
                {
                    if (element.ValueKind == JsonValueKind.String && causes.Count < CauseLimit)
                    {
                        causes.Add(Cut(element.GetString()!));
                    }
                }

                break;
            case JsonValueKind.String:
                causes.Add(Cut(root.GetString()!));
                break;
            case JsonValueKind.Object when root.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.String:
                causes.Add(Cut(error.GetString()!));
                break;
            default:
                break;
        }

        return causes;
    }

    private static string Cut(string text) => text.Length <= TextLimit ? text : text[..TextLimit];
}
