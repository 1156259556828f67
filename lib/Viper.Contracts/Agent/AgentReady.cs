using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The document of the console line <c>viper: ready {json}</c>: the guest can be used.</summary>
public sealed record AgentReady
{
    /// <summary>Gets the agent's version.</summary>
    public required string Agent { get; init; }

    /// <summary>Gets Chrome's product and version (<c>HeadlessChrome/156.0.1.2</c>); null in an image without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Browser { get; init; }

    /// <summary>Gets when the steps of the start happened.</summary>
    public required BootTimes BootMs { get; init; }
}
