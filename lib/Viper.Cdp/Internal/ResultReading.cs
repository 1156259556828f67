using System.Text.Json;

namespace Viper.Cdp.Internal;

/// <summary>Reads the members that the protocol promises in a result; their absence ends the call, not the program.</summary>
internal static class ResultReading
{
    internal static JsonElement Member(this JsonElement result, ReadOnlySpan<byte> name) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out var member)
            ? member
            : throw Missing(name);

    internal static string Text(this JsonElement result, ReadOnlySpan<byte> name) =>
        result.OptionalText(name) ?? throw Missing(name);

    internal static string? OptionalText(this JsonElement result, ReadOnlySpan<byte> name) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;

    internal static double Number(this JsonElement result, ReadOnlySpan<byte> name) =>
        result.Member(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : throw Missing(name);

    private static CdpProtocolException Missing(ReadOnlySpan<byte> name) =>
        new("The command", 0, $"the answer lacks {System.Text.Encoding.UTF8.GetString(name)}", null);
}
