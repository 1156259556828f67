using System.Text.Json;
using Viper.Contracts;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>Operations as callers see them, and the JSON that the database holds of them.</summary>
internal static class OperationViews
{
    /// <summary>A row as callers see it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="step">How far it is in memory; null where nobody there knows of it.</param>
    public static Operation Of(OperationRecord row, string? step) => new()
    {
        Id = row.Id,
        Kind = row.Kind,
        Status = Spell(row.Status),
        Progress = row.Status == OperationStatus.Running && step is not null
            ? new OperationProgress(step)
            : JsonSerializer.Deserialize(row.ProgressJson, ViperJson.Default.OperationProgress) ?? new OperationProgress(null),
        Resource = row.VmName is { } vm ? VmUrls.PathOf(vm) : null,
        Result = row.ResultJson is { } result ? JsonSerializer.Deserialize(result, ViperJson.Default.JsonElement) : null,
        Error = row.ErrorJson is { } error ? JsonSerializer.Deserialize(error, ViperJson.Default.Problem) : null,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        FinishedAt = row.FinishedAt,
    };

    /// <summary>A row as it will be once its end can be stored.</summary>
    public static OperationRecord Ended(OperationRecord row, OperationEnd end) => row with
    {
        Status = end.Status,
        ProgressJson = end.ProgressJson ?? row.ProgressJson,
        ResultJson = end.ResultJson,
        ErrorJson = end.ErrorJson,
    };

    public static string Progress(string step) => JsonSerializer.Serialize(new OperationProgress(step), ViperJson.Default.OperationProgress);

    public static string Error(Problem problem) => JsonSerializer.Serialize(problem, ViperJson.Default.Problem);

    public static string Spell(OperationStatus status) => status switch
    {
        OperationStatus.Running => OperationStatuses.Running,
        OperationStatus.Succeeded => OperationStatuses.Succeeded,
        OperationStatus.Failed => OperationStatuses.Failed,
        OperationStatus.Cancelled => OperationStatuses.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>The status of a word of <see cref="OperationStatuses"/>.</summary>
    public static OperationStatus Parse(string status) => status switch
    {
        OperationStatuses.Running => OperationStatus.Running,
        OperationStatuses.Succeeded => OperationStatus.Succeeded,
        OperationStatuses.Failed => OperationStatus.Failed,
        OperationStatuses.Cancelled => OperationStatus.Cancelled,
        _ => throw new ArgumentException($"'{status}' is no status of an operation.", nameof(status)),
    };
}
