using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A field of a structure.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Type">Its type.</param>
internal sealed record SerdeField(string Name, SerdeType Type)
{
    /// <summary>Whether it must be there.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether null stands for absent; so it does unless the field has a value always.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The value when it is absent.</summary>
    public Func<JsonNode?>? Default { get; init; }

    /// <summary>Another name that is taken for it.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether it belongs to an inner structure that is read only after the outer one has ended.</summary>
    public bool IsInner { get; init; }

    /// <summary>Whether false is left out when the value is shown.</summary>
    public bool HidesFalse { get; init; }

    /// <summary>Whether the value is read and then forgotten.</summary>
    public bool IsDropped { get; init; }

    public static SerdeField Needed(string name, SerdeType type) => new(name, type) { IsRequired = true };

    public static SerdeField Maybe(string name, SerdeType type) => new(name, type) { IsOptional = true };

    public static SerdeField Or(string name, SerdeType type, JsonNode value) => new(name, type) { Default = () => value.DeepClone() };
}
