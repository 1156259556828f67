using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>The recording of Cloud Hypervisor v53.0: 343 exchanges, in the order in which they were made.</summary>
public static class Recording
{
    public const int Count = 343;

    public static readonly JsonSerializerOptions Plain = new(JsonSerializerOptions.Default) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All exchanges.</summary>
    public static IReadOnlyList<Exchange> All { get; } = [.. Read()];

    /// <summary>A row for each exchange, named by its section and case.</summary>
    public static IEnumerable<TheoryDataRow<int>> Rows =>
        All.Select(exchange => new TheoryDataRow<int>(exchange.Index) { TestDisplayName = exchange.ToString() });

    /// <summary>The first exchange that began the process in which this one was made.</summary>
    public static int StartOf(int index)
    {
        // A VMM that was asked to end answered nothing more: what follows was another one's.
        while (!All[index].IsFresh && !(All[index - 1] is { Operation: "vmm.shutdown", IsAccepted: true }))
        {
            index--;
        }

        return index;
    }

    private static IEnumerable<Exchange> Read()
    {
        using Stream stream = typeof(Recording).Assembly.GetManifestResourceStream("exchanges-v53.0.jsonl")
            ?? throw new InvalidOperationException("The recording is not in this program.");
        using StreamReader reader = new(stream);
        for (int index = 0; reader.ReadLine() is { } line; index++)
        {
            yield return new Exchange(index, JsonNode.Parse(line)!.AsObject());
        }
    }
}
