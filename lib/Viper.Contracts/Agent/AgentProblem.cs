using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>An error of the agent, as RFC 9457 has it (<c>application/problem+json</c>).</summary>
public sealed record AgentProblem
{
    /// <summary>Gets the identifier of the kind of problem.</summary>
    public required string Type { get; init; }

    /// <summary>Gets the kind of problem in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>Gets the HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Gets what failed and why.</summary>
    public required string Detail { get; init; }

    /// <summary>Gets the path that was asked for; null when the request could not be read.</summary>
    public string? Instance { get; init; }

    /// <summary>Gets the stable code, for programs.</summary>
    public required string Code { get; init; }

    /// <summary>Gets a value indicating whether the same request can succeed later.</summary>
    public required bool Retryable { get; init; }

    /// <summary>Gets Chrome's network error (<c>net::ERR_NAME_NOT_RESOLVED</c>) of a navigation that failed.</summary>
    public string? NetError { get; init; }

    /// <summary>Gets what a script of the caller's threw in the page.</summary>
    public AgentScriptError? Exception { get; init; }

    /// <summary>Gets the members of the request that are wrong.</summary>
    [JsonPropertyName("errors")]
    public IReadOnlyList<AgentFieldError>? FieldErrors { get; init; }
}
