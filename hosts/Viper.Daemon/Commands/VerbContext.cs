using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Daemon.Composition;
using Viper.Daemon.Settings;

namespace Viper.Daemon.Commands;

/// <summary>What every verb is given: its parts, its settings and where it writes.</summary>
internal sealed class VerbContext(ViperdParts parts, SettingFlags flags, TextWriter output, TextWriter errors, CancellationToken stop)
{
    internal ViperdParts Parts { get; } = parts;

    internal TextWriter Output { get; } = output;

    internal TextWriter Errors { get; } = errors;

    internal Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document." };

    /// <summary>The settings of this call, for a verb to which the network is nothing.</summary>
    internal DaemonSettings Settings(ParseResult parsed) => flags.Load(parsed);

    /// <summary>The settings of this call, in the network namespace that they name.</summary>
    internal DaemonSettings Enter(ParseResult parsed)
    {
        DaemonSettings settings = Settings(parsed);
        if (settings.NetworkNamespace is { } name)
        {
            Parts.EnterNamespace(name, stop);
        }

        return settings;
    }

    internal void PrintJson<T>(T value, JsonTypeInfo<T> type) => Output.WriteLine(JsonSerializer.Serialize(value, type));
}
