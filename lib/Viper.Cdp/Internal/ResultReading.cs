using System.Runtime.CompilerServices;
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

    /// <summary>Waits for a reply and reads a record of it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<T> ReadAsync<T>(ValueTask<CdpReply> answer)
        where T : ICdpReadable<T>
    {
        using var reply = await answer.ConfigureAwait(false);
        try
        {
            return reply.Result.Read<T>();
        }
        catch (JsonException error)
        {
            throw new CdpProtocolException("The command", 0, $"the answer is not a {typeof(T).Name}: {error.Message}", null);
        }
    }

    /// <summary>Waits for a reply and lets it go.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal static async ValueTask DropAsync(ValueTask<CdpReply> answer)
    {
        using var reply = await answer.ConfigureAwait(false);
    }

    private static CdpProtocolException Missing(ReadOnlySpan<byte> name) =>
        new("The command", 0, $"the answer lacks {System.Text.Encoding.UTF8.GetString(name)}", null);
}
