using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>What went wrong, as <c>application/problem+json</c> (RFC 9457).</summary>
public sealed record Problem
{
    /// <summary>The media type of a serialised problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A URI that names the kind of problem.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status, 400 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>What failed, on what, why, and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>The path that was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Instance { get; init; }

    /// <summary>One of <see cref="ProblemCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Whether the same request can succeed later without change.</summary>
    public bool Retryable { get; init; }

    /// <summary>The identity under which the daemon's log holds the request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>The members of the request that are wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProblemError>? Errors { get; init; }

    /// <summary>With a command that the VM's state does not allow: that state, one of <see cref="VmStatus"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? State { get; init; }

    /// <summary>With a command that the VM's state does not allow: the command.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Command { get; init; }

    /// <summary>With <see cref="ProblemCodes.CapacityExhausted"/>: what there is not enough of, one of <see cref="VmResources"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Resource { get; init; }

    /// <summary>With <see cref="ProblemCodes.CapacityExhausted"/>: how much of <see cref="Resource"/> VMs may have.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Limit { get; init; }

    /// <summary>With <see cref="ProblemCodes.CapacityExhausted"/> and <see cref="ProblemCodes.HostOverloaded"/>: how many VMs are up; of addresses, how many are leased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Running { get; init; }

    /// <summary>With <see cref="ProblemCodes.CapacityExhausted"/> and <see cref="ProblemCodes.HostOverloaded"/>: how many requests wait for a place.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Queued { get; init; }

    /// <summary>Makes the problem of a code, with the type URI and title that belong to it.</summary>
    public static Problem Create(int status, string code, string detail) => new()
    {
        Type = "https://viper.invalid/problems/" + code.Replace('_', '-'),
        Title = TitleOf(code),
        Status = status,
        Detail = detail,
        Code = code,
        Retryable = status is 429 or 502 or 503 or 504,
    };

    private static string TitleOf(string code)
    {
        string words = code.Replace('_', ' ');
        return words.StartsWith("vm ", StringComparison.Ordinal)
            ? "VM " + words[3..]
            : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
