using System.Text.Json;
using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>What a script came to.</summary>
public sealed record EvaluateResult
{
    /// <summary>Gets the value; null for <c>undefined</c>, for <c>null</c> and for what JSON cannot hold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Value { get; init; }

    /// <summary>Gets the value's JavaScript type, as <c>typeof</c> says it.</summary>
    public required string Type { get; init; }

    /// <summary>Gets a number that JSON cannot hold as it is written (<c>NaN</c>, <c>-0</c>, <c>12n</c>); absent otherwise.</summary>
    public string? Unserializable { get; init; }
}
