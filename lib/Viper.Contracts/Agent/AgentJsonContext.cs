using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The JSON form of the agent's records: snake_case, null members left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentConfig))]
[JsonSerializable(typeof(AgentFailed))]
[JsonSerializable(typeof(AgentProblem))]
[JsonSerializable(typeof(AgentReady))]
[JsonSerializable(typeof(AgentStatus))]
[JsonSerializable(typeof(BrowserCrashed))]
[JsonSerializable(typeof(BrowserReady))]
[JsonSerializable(typeof(NavigateRequest))]
[JsonSerializable(typeof(NavigateResponse))]
[JsonSerializable(typeof(ScreenshotRequest))]
[JsonSerializable(typeof(ScreenshotResponse))]
public sealed partial class AgentJsonContext : JsonSerializerContext;
