using System.Text.Json;
using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>Something that takes long and goes on without its caller, such as the start of a VM, as the API shows it.</summary>
public sealed record Operation
{
    /// <summary>The identity, <c>op_…</c>; sorts by time of creation, never used twice.</summary>
    public required string Id { get; init; }

    /// <summary>What is done, one of <see cref="OperationKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>One of <see cref="OperationStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>How far it is, or was when it ended.</summary>
    public required OperationProgress Progress { get; init; }

    /// <summary>The path of what it is about, such as <c>/api/v1/vms/a</c>; that may be gone. Null where it is about nothing of its own.</summary>
    public string? Resource { get; init; }

    /// <summary>What came of one that succeeded, such as <c>{"vm":"a"}</c>; otherwise absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Result { get; init; }

    /// <summary>Why one failed, as a caller who waited for it was told; otherwise absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Problem? Error { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its beginning or end was committed; progress does not move it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it ended; absent while it is running.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FinishedAt { get; init; }
}
