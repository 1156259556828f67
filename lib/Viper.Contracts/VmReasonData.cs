using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>The <c>data</c> of an event that has a reason: crashed, stopped.</summary>
public sealed record VmReasonData
{
    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The code of the problem that it would be in an answer; absent where it is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    /// <summary>The VMM's exit code, where it ended by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the VMM.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Signal { get; init; }
}
