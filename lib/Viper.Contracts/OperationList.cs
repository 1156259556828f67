using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>A page of operations.</summary>
/// <param name="Items">The operations, by id, which is by time of creation.</param>
/// <param name="NextCursor">What to pass as <c>cursor</c> for the next page; absent on the last.</param>
public sealed record OperationList(
    IReadOnlyList<Operation> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor = null);
