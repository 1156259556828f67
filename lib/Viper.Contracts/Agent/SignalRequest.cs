using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /processes/{id}/signal</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignalRequest
{
    /// <summary>Gets the signal by its name (<c>SIGINT</c>, <c>INT</c>) or number (<c>2</c>); <c>SIGTERM</c> when absent.</summary>
    public string? Signal { get; init; }
}
