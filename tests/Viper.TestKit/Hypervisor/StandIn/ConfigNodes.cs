using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Reads parts of a configuration, whose form is known because it was read by its type.</summary>
internal static class ConfigNodes
{
    public static long Number(this JsonObject node, string name) => node[name] is { } value ? ToLong(value) : 0;

    public static long Number(this JsonObject node, string part, string name) => node[part]!.AsObject().Number(name);

    public static bool Flag(this JsonObject node, string name) => node[name]?.GetValue<bool>() ?? false;

    public static string? Text(this JsonObject node, string name) => node[name]?.GetValue<string>();

    public static IEnumerable<JsonObject> List(this JsonObject node, string name) =>
        (node[name] as JsonArray)?.OfType<JsonObject>() ?? [];

    // A u64 above the range of a long stands for itself as the largest long: nothing here counts that far.
    private static long ToLong(JsonNode value) =>
        System.Numerics.BigInteger.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) is var number
            && number > long.MaxValue ? long.MaxValue : (long)number;
}
