using System.Text;
using System.Text.Json;

namespace Viper.Orchestration.Guest;

/// <summary>A line by which the guest tells the host something on its serial port: <c>viper: KIND {json}</c>.</summary>
/// <remarks>
/// The guest is hostile and the kernel prints to the same port, so a line is a hint: it may come at any time, twice,
/// forged, or behind the remains of another line.
/// </remarks>
/// <param name="Kind">What it tells: <c>init</c>, <c>ready</c>, <c>browser_ready</c>, <c>browser_crashed</c>.</param>
/// <param name="Milliseconds">The numbers of its <c>boot_ms</c> object, or of the object itself.</param>
internal sealed record RingLine(string Kind, IReadOnlyDictionary<string, double> Milliseconds)
{
    private const string Mark = "viper: ";
    private const int MaxNumbers = 64;
    private const int MaxKeyLength = 64;

    /// <summary>Reads a line; null if it is not one of ours.</summary>
    public static RingLine? Parse(string line)
    {
        int mark = line.IndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0)
        {
            return null;
        }

        ReadOnlySpan<char> rest = line.AsSpan(mark + Mark.Length);
        int space = rest.IndexOf(' ');
        if (space is <= 0 or > 32)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(rest[(space + 1)..].Trim().ToString()));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new RingLine(rest[..space].ToString(), Numbers(document.RootElement))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, double> Numbers(JsonElement root)
    {
        JsonElement source = root.TryGetProperty("boot_ms", out JsonElement inner) && inner.ValueKind == JsonValueKind.Object ? inner : root;
        Dictionary<string, double> numbers = [];
        foreach (JsonProperty property in source.EnumerateObject())
        {
            if (numbers.Count < MaxNumbers && property.Name.Length <= MaxKeyLength
                && property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetDouble(out double value) && double.IsFinite(value))
            {
                numbers[property.Name] = value;
            }
        }

        return numbers;
    }
}
