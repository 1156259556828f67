using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>Reads and checks what requests hold.</summary>
internal static class Fields
{
    /// <summary>Reads a JSON body; an empty one is an empty object.</summary>
    /// <exception cref="FieldException">It is not JSON, or not of the record's form.</exception>
    internal static T ReadBody<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class, new()
    {
        if (body.Length == 0)
        {
            return new T();
        }

        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new FieldException(string.Empty, "format", "The body is null.");
        }
        catch (JsonException error)
        {
            var member = error.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : string.Empty;
            throw new FieldException(member, "format", $"The body is not as this path needs it: {error.Message}");
        }
    }

    /// <summary>Checks an address: absolute, and not a script.</summary>
    internal static string Url(string? url)
    {
        if (string.IsNullOrEmpty(url))
        {
            throw new FieldException("url", "required", "The address (url) is missing.");
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && url[0] != '/' && uri.Scheme != "javascript"
            ? url
            : throw new FieldException("url", "format", "The address (url) is not absolute, as in https://example.com/, or is a script.");
    }

    internal static int Timeout(int? timeoutMs) => timeoutMs switch
    {
        null => ActionRunner.DefaultTimeoutMs,
        > 0 and <= ActionRunner.MaxTimeoutMs => timeoutMs.Value,
        _ => throw new FieldException("timeout_ms", "range", $"timeout_ms is not 1 to {ActionRunner.MaxTimeoutMs}."),
    };

    internal static int? Quality(int? quality) => quality is null or (>= 0 and <= 100)
        ? quality
        : throw new FieldException("quality", "range", "quality is not 0 to 100.");

    internal static double? Within(string name, double? value, double least, double most) => value is null || (value >= least && value <= most)
        ? value
        : throw new FieldException(name, "range", string.Create(CultureInfo.InvariantCulture, $"{name} is not {least} to {most}."));

    internal static CdpWaitUntil Moment(WaitUntil? moment) => moment switch
    {
        WaitUntil.DomContentLoaded => CdpWaitUntil.DomContentLoaded,
        WaitUntil.NetworkIdle => CdpWaitUntil.NetworkIdle,
        WaitUntil.Commit => CdpWaitUntil.Commit,
        _ => CdpWaitUntil.Load,
    };
}
