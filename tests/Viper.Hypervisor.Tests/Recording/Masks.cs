using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>What varies from run to run in an answer and is not compared. This is the whole list.</summary>
public static partial class Masks
{
    /// <summary>Replaces, in place: the VMM's pid, addresses of cards that the VMM makes up, numbers of descriptors, paths of terminals.</summary>
    public static JsonNode? Apply(JsonNode? body)
    {
        if (body is JsonObject ping && ping.ContainsKey("build_version"))
        {
            ping["pid"] = 0;
        }

        foreach (JsonObject net in (body as JsonObject)?["config"]?["net"]?.AsArray().OfType<JsonObject>() ?? [])
        {
            Mask(net, "host_mac", _ => true);
            Mask(net, "mac", value => value.GetValue<string>().StartsWith("2e:", StringComparison.Ordinal));
            Mask(net, "fds", _ => true);
        }

        foreach (JsonObject port in ((string[])["serial", "console"]).Select(part => (body as JsonObject)?["config"]?[part]).OfType<JsonObject>())
        {
            Mask(port, "file", value => value.GetValue<string>().StartsWith("/dev/pts/", StringComparison.Ordinal));
        }

        return body;
    }

    /// <summary>
    /// The answers to a body above the limit: its rest is taken for headers, one error for each full buffer. How many of these came
    /// depends on how long the recorder listened, so repeats count as one.
    /// </summary>
    public static string WithoutRepeats(string text) => Repeat().Replace(text, "$1");

    private static void Mask(JsonObject node, string name, Func<JsonNode, bool> varies)
    {
        if (node[name] is { } value && varies(value))
        {
            node[name] = "masked";
        }
    }

    [GeneratedRegex("(HTTP/1\\.1 400 .*?dropped\\.\" \\})\\1*", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Repeat();
}
