using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>One member of a request that is wrong.</summary>
public sealed record AgentFieldError
{
    /// <summary>Gets where it is, as a JSON pointer in a fragment (<c>#/url</c>).</summary>
    [JsonPropertyName("pointer")]
    public required string Place { get; init; }

    /// <summary>Gets what is wrong, for programs: <c>required</c>, <c>format</c>, <c>range</c>, <c>unknown_field</c>.</summary>
    public required string Code { get; init; }

    /// <summary>Gets what is wrong, in words.</summary>
    public required string Detail { get; init; }
}
