using System.Text.Json.Serialization;

namespace Viper.Contracts;

/// <summary>A page of VMs.</summary>
/// <param name="Items">The VMs, by name.</param>
/// <param name="NextCursor">What to pass as <c>cursor</c> for the next page; absent on the last.</param>
public sealed record VmList(
    IReadOnlyList<Vm> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor = null);
