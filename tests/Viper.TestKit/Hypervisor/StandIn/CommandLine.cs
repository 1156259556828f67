using System.Globalization;
using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The program's own command line, as far as it is used.</summary>
internal sealed class CommandLine
{
    private static readonly string[] s_flags = ["--no-shutdown", "--watchdog", "--pvpanic", "--landlock", "--version", "--help", "-V", "-h", "-v", "-vv", "-vvv"];

    // Option, part of the configuration, and whether that is a list.
    private static readonly (string Option, string Part, bool IsList)[] s_parts =
    [
        ("--cpus", "cpus", false), ("--memory", "memory", false), ("--platform", "platform", false), ("--rng", "rng", false),
        ("--balloon", "balloon", false), ("--vsock", "vsock", false), ("--disk", "disks", true), ("--net", "net", true),
        ("--fs", "fs", true), ("--pmem", "pmem", true), ("--device", "devices", true), ("--user-device", "user_devices", true),
        ("--vdpa", "vdpa", true), ("--numa", "numa", true),
    ];

    private static readonly string[] s_plain =
        ["--api-socket", "--event-monitor", "--kernel", "--firmware", "--initramfs", "--cmdline", "--serial", "--console", "--restore", "--log-file", "--seccomp"];

    private readonly List<(string Option, string Value)> _values = [];
    private readonly HashSet<string> _seen = [];

    /// <exception cref="UsageException">There is nothing, or something unknown.</exception>
    public CommandLine(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            throw new UsageException("error: the following required arguments were not provided: <--kernel|--api-socket|--restore>");
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            string[] halves = arguments[i].Split('=', 2);
            if (s_flags.Contains(arguments[i]))
            {
                _seen.Add(arguments[i]);
            }
            else if (!s_plain.Contains(halves[0]) && !Array.Exists(s_parts, part => part.Option == halves[0]))
            {
                throw new UsageException($"error: unexpected argument '{arguments[i]}' found");
            }
            else if (halves.Length == 2)
            {
                _values.Add((halves[0], halves[1]));
            }
            else
            {
                i = ReadValues(arguments, i);
            }
        }
    }

    public bool WantsVersion => _seen.Contains("--version") || _seen.Contains("-V");

    public bool WantsHelp => _seen.Contains("--help") || _seen.Contains("-h");

    public bool NoShutdown => _seen.Contains("--no-shutdown");

    /// <summary>The last value of an option; null if it was not given.</summary>
    public string? this[string option] => _values.LastOrDefault(value => value.Option == option).Value;

    /// <summary>The configuration of the machine that the command line describes; null if it describes none.</summary>
    public JsonObject? Config()
    {
        if (this["--kernel"] is null && this["--firmware"] is null)
        {
            return null;
        }

        JsonObject payload = [];
        foreach (string part in (string[])["firmware", "kernel", "cmdline", "initramfs"])
        {
            if (this["--" + part] is { } value)
            {
                payload[part] = value;
            }
        }

        JsonObject config = new() { ["payload"] = payload };
        foreach ((string option, string part, bool isList) in s_parts)
        {
            JsonObject[] given = [.. _values.Where(value => value.Option == option).Select(value => Options(value.Value))];
            if (given.Length > 0)
            {
                config[part] = isList ? new JsonArray([.. given]) : given[^1];
            }
        }

        Rename(config["cpus"] as JsonObject);
        config["serial"] = Port(this["--serial"] ?? "null");
        config["console"] = Port(this["--console"] ?? "tty");
        config["watchdog"] = _seen.Contains("--watchdog");
        config["pvpanic"] = _seen.Contains("--pvpanic");
        return ConfigTypes.Vm.ReadAll(System.Text.Encoding.UTF8.GetBytes(config.ToJsonString()))!.AsObject();
    }

    /// <summary>Reads "name=value,name=value".</summary>
    public static JsonObject Options(string text)
    {
        JsonObject options = [];
        foreach (string[] halves in text.Split(',').Select(option => option.Split('=', 2)))
        {
            options[halves[0]] = halves.Length == 2 ? Value(halves[1]) : throw new UsageException($"error: invalid value '{text}'");
        }

        return options;
    }

    // An option that may be given more than once takes all values up to the next option.
    private int ReadValues(IReadOnlyList<string> arguments, int at)
    {
        string option = arguments[at];
        bool isList = Array.Exists(s_parts, part => part.Option == option && part.IsList);
        int first = at;
        while (at + 1 < arguments.Count && (at == first || isList) && (at == first || !arguments[at + 1].StartsWith("--", StringComparison.Ordinal)))
        {
            _values.Add((option, arguments[++at]));
        }

        return at > first ? at : throw new UsageException($"error: a value is required for '{option}' but none was supplied");
    }

    private static void Rename(JsonObject? cpus)
    {
        if (cpus is null)
        {
            return;
        }

        cpus["boot_vcpus"] = cpus["boot"]?.DeepClone() ?? 1;
        cpus["max_vcpus"] = cpus["max"]?.DeepClone() ?? cpus["boot_vcpus"]!.DeepClone();
    }

    private static JsonObject Port(string text)
    {
        string[] halves = text.Split('=', 2);
        string name = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(halves[0]);
        return halves.Length == 2 ? new JsonObject { ["mode"] = name, [halves[0]] = halves[1] } : new JsonObject { ["mode"] = name };
    }

    private static JsonNode Value(string text)
    {
        if (text is "on" or "true" or "off" or "false")
        {
            return text is "on" or "true";
        }

        int shift = text.Length > 0 ? "KMGT".IndexOf(text[^1], StringComparison.Ordinal) + 1 : 0;
        return long.TryParse(shift > 0 ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number << (10 * shift)
            : text;
    }
}
