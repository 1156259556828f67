using System.Globalization;
using Viper.Agent.Actions;

namespace Viper.Agent.Http;

/// <summary>The parameters behind a request's question mark. Names that nobody asks for are passed over.</summary>
internal sealed class RequestQuery
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    internal RequestQuery(ReadOnlySpan<char> query)
    {
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            if (!pair.IsEmpty)
            {
                _values.TryAdd((equals < 0 ? pair : pair[..equals]).ToString(), equals < 0 ? string.Empty : pair[(equals + 1)..].ToString());
            }
        }
    }

    /// <summary>Gets a value as it came, percent signs and all; null when it is absent.</summary>
    internal string? Raw(string name) => _values.GetValueOrDefault(name);

    internal bool Has(string name) => _values.ContainsKey(name);

    /// <exception cref="FieldException">It is neither true nor false.</exception>
    internal bool Flag(string name) => Raw(name) switch
    {
        "true" or "1" or "" => true,
        null or "false" or "0" => false,
        _ => throw new FieldException(name, "format", $"{name} is not true or false."),
    };

    /// <exception cref="FieldException">It is no number, or out of its range.</exception>
    internal long Number(string name, long absent, long least, long most) => Raw(name) is not { } text ? absent
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new FieldException(name, "range", $"{name} is not a number from {least} to {most}.");
}
