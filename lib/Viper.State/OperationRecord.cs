namespace Viper.State;

/// <summary>One long request as the database holds it.</summary>
/// <remarks>Times are UTC, whole milliseconds. Kinds and JSON are strings that this library does not read.</remarks>
public sealed record OperationRecord
{
    /// <summary>Gets the id: <c>op_</c> and 26 characters that sort by time of creation.</summary>
    public required string Id { get; init; }

    /// <summary>Gets what is done.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the id of the VM that it is about, as far as known; that VM may be gone.</summary>
    public string? VmId { get; init; }

    /// <summary>Gets the name of the VM that it is about, if it is about one.</summary>
    public string? VmName { get; init; }

    /// <summary>Gets how far it is.</summary>
    public required OperationStatus Status { get; init; }

    /// <summary>Gets the last progress as JSON.</summary>
    public required string ProgressJson { get; init; }

    /// <summary>Gets what came of it as JSON, if anything was said.</summary>
    public string? ResultJson { get; init; }

    /// <summary>Gets why it failed or was cancelled as JSON, if anything was said.</summary>
    public string? ErrorJson { get; init; }

    /// <summary>Gets when it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when the row was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Gets when it ended; null while it is running.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
