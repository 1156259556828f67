using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary>What every verb is given: where it writes, its environment, and the flags that all have.</summary>
internal sealed class CliContext(TextWriter output, TextWriter errors, Func<string, string?> environment, bool isErrorTerminal)
{
    internal TextWriter Output { get; } = output;

    internal TextWriter Errors { get; } = errors;

    /// <summary>Whether standard error is a terminal, so that progress is for eyes.</summary>
    internal bool IsErrorTerminal { get; } = isErrorTerminal;

    internal Option<string?> ApiBase { get; } = new("--api-base")
    {
        Description = "The daemon's address, unix:PATH or http://HOST:PORT [VIPER_API_BASE].",
        HelpName = "ADDRESS",
        Recursive = true,
    };

    internal Option<bool> Json { get; } = new("--json") { Description = "Print JSON: one document, or one per line for streams.", Recursive = true };

    /// <summary>Opens the client that the flags and the environment ask for.</summary>
    internal ViperClient Connect(ParseResult parsed)
    {
        try
        {
            ViperAddress address = parsed.GetValue(ApiBase) is { } given ? ViperAddress.Parse(given) : ViperAddress.FromEnvironment(environment);
            string? key = environment("VIPER_API_KEY");
            return new ViperClient(new ViperClientOptions { Address = address, ApiKey = string.IsNullOrEmpty(key) ? null : key });
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }

    internal bool WantsJson(ParseResult parsed) => parsed.GetValue(Json);

    internal void PrintJson<T>(T value, JsonTypeInfo<T> type)
    {
        Output.WriteLine(JsonSerializer.Serialize(value, type));
        Output.Flush();
    }
}
