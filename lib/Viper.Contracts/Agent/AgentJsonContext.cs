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
[JsonSerializable(typeof(AgentAnswer<ContentResult>))]
[JsonSerializable(typeof(AgentAnswer<ElementResult>))]
[JsonSerializable(typeof(AgentAnswer<EvaluateResult>))]
[JsonSerializable(typeof(AgentAnswer<NavigateResult>))]
[JsonSerializable(typeof(AgentAnswer<WaitResult>))]
[JsonSerializable(typeof(ElementRequest))]
[JsonSerializable(typeof(EvaluateRequest))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(NavigateRequest))]
[JsonSerializable(typeof(NewPageRequest))]
[JsonSerializable(typeof(PageInfo))]
[JsonSerializable(typeof(PageList))]
[JsonSerializable(typeof(PdfRequest))]
[JsonSerializable(typeof(ScreenshotRequest))]
[JsonSerializable(typeof(ScreenshotResponse))]
[JsonSerializable(typeof(WaitRequest))]
public sealed partial class AgentJsonContext : JsonSerializerContext;
