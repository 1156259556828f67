using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>Reads members of QEMU's answers, which may always be other than expected.</summary>
internal static class QmpJson
{
    public static string Text(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static bool IsTrue(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.True;

    public static long? Number(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    /// <summary>The items of an answer that should be a list.</summary>
    /// <exception cref="VmmConnectionException">It is none.</exception>
    public static IEnumerable<JsonElement> Items(JsonElement answer, string command) => answer.ValueKind == JsonValueKind.Array
        ? answer.EnumerateArray()
        : throw new VmmConnectionException(command, "the answer is not a list");
}
